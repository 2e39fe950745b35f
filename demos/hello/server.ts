/** Server of the hello demo: `node --import tsx demos/hello/server.ts --help` shows its options. */
import { createEndpoint } from 'rpcudp';
import { numberTo, watchedDemo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import { handlers } from './handlers.js';

const program = watchedDemo('demos/hello/server.ts', 'Serves sayhi.')
  .argument('[port]', 'local UDP port, 0 for any free port', numberTo(65_535), 1_234)
  .parse();
const [port] = program.processedArgs;
const server = await createEndpoint({ port, handlers }).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
console.log(`Serving sayhi on port ${String(server.address.port)}; Ctrl-C ends it`);
server.on('request.settled', ({ peer, procedure, ending }) => {
  console.log(`${peer} called ${JSON.stringify(procedure)}: ${ending}`);
});
void untilStopped().then(() => server.close());
await watch(program.opts(), server).then((watching) => watching.end());

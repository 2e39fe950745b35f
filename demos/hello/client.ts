/** Client of the hello demo: `node --import tsx demos/hello/client.ts --help` shows its options. */
import { createEndpoint } from 'rpcudp';
import { watchedDemo } from '../command-line.js';
import { untilStopped } from '../until-stopped.js';
import { watch } from '../watch.js';
import type { handlers } from './handlers.js';

const program = watchedDemo('demos/hello/client.ts', 'Calls sayhi.')
  .argument('[host:port]', 'address of the server', '127.0.0.1:1234')
  .parse();
const [address] = program.processedArgs;
const client = await createEndpoint();
const watching = await watch(program.opts(), client);
void untilStopped()
  .then(() => client.close())
  .then(() => process.exit(130));

const peer = client.peer<typeof handlers>(address);
const outcome = await peer.call('sayhi', ['Snake Plissken'], { timeoutMs: 2_000 });
console.log(
  outcome.state === 'resolved' ? outcome.value : `Response not received: ${outcome.state}`,
);

await client.close();
await watching.end();

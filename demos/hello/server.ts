/**
 * Server of the hello demo: `node --import tsx demos/hello/server.ts [port] [--inspect]`. The
 * default port is 1234.
 */
import { createEndpoint } from 'rpcudp';
import { argument, watch } from '../watch.js';
import { handlers } from './handlers.js';

const server = await createEndpoint({ port: Number(argument() ?? 1234), handlers }).catch(
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
console.log(`Serving sayhi on port ${String(server.address.port)}; Ctrl-C ends it`);
server.on('request.settled', ({ peer, procedure, ending }) => {
  console.log(`${peer} called ${JSON.stringify(procedure)}: ${ending}`);
});
process.once('SIGINT', () => void server.close());
await watch(server).then((watching) => watching.end());

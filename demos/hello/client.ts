/** Client of the hello demo: `node --import tsx demos/hello/client.ts [host:port] [--inspect]`. */
import { createEndpoint } from 'rpcudp';
import { argument, watch } from '../watch.js';
import type { handlers } from './handlers.js';

const client = await createEndpoint();
const watching = await watch(client);
process.once('SIGINT', () => void client.close().then(() => process.exit(130)));

const peer = client.peer<typeof handlers>(argument() ?? '127.0.0.1:1234');
const outcome = await peer.call('sayhi', ['Snake Plissken'], { timeoutMs: 2_000 });
console.log(
  outcome.state === 'resolved' ? outcome.value : `Response not received: ${outcome.state}`,
);

await client.close();
await watching.end();

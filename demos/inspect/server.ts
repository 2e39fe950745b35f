/** Server of the inspect demo. It feeds the inspector at the URL in its first argument. */
import { createEndpoint } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';
import { handlers } from './handlers.js';
import { untilTold } from '../side.js';

const [inspectorUrl = ''] = process.argv.slice(2);
const server = await createEndpoint({ host: '127.0.0.1', handlers });
const feed = feedInspector(server, inspectorUrl, { name: 'server' });

await untilTold(server.address);
await server.close();
await feed.close();

/** Client of the inspect demo: makes one call after the other. Some of them fail on purpose. */
import { createEndpoint } from 'rpcudp';
import { feedInspector } from 'rpcudp/inspector';
import type { handlers } from './handlers.js';
import { untilTold } from '../side.js';

const PERIOD_MS = 120;

const [inspectorUrl = '', peerAddress = ''] = process.argv.slice(2);
const client = await createEndpoint({ host: '127.0.0.1', timeoutMs: 2_000 });
const feed = feedInspector(client, inspectorUrl, { name: 'client' });

const server = client.peer<typeof handlers>(peerAddress);
// A peer without the server's type, so that it can call any name.
const stranger = client.peer(peerAddress);
// The discard port (RFC 863), where nothing answers.
const nobody = client.peer('127.0.0.1:9');

/** The calls, made in this order again and again. */
const calls: readonly (() => unknown)[] = [
  () => server.call('sayhi', ['Snake Plissken']),
  () => server.call('add', [2, 3]),
  () => server.call('report', [], { timeoutMs: 400 }),
  () => server.call('find', [7]),
  () => server.call('find', [8]),
  () => server.call('sayhi', ['Bob Hauk']),
  () => stranger.call('self_destruct'),
  () => server.call('add', [20, 22]),
  () => nobody.call('sayhi', ['anybody'], { timeoutMs: 1_000 }),
  () => server.call('sayhi', ['Maggie']),
];

let made = 0;
const timer = setInterval(() => {
  calls[made % calls.length]?.();
  made += 1;
}, PERIOD_MS);

await untilTold(client.address);
clearInterval(timer);
await client.close();
await feed.close();

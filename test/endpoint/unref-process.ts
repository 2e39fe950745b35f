/**
 * Unref process: endpoints with something of every kind under way, of which none keeps the process
 * alive. Its first argument says what it does then:
 *
 * - `end`: nothing. It must end by itself, at once.
 * - `serve`: it reads its standard input, serves until that ends, and must then end by itself.
 * - `ref`: it references its endpoints again, and must live on.
 * - `close`: it closes its endpoints, and must live until that is done.
 */
import { createEndpoint } from '../../src/index.js';

/** Longer than any test. */
const LONG_MS = 10 * 60_000;
const HOST = '127.0.0.1';

const [what] = process.argv.slice(2);
const server = await createEndpoint({
  host: HOST,
  handlerTimeoutMs: LONG_MS,
  closeGraceMs: 100,
  handlers: { ping: () => 'pong', forever: () => new Promise<never>(() => undefined) },
});
const client = await createEndpoint({ host: HOST, timeoutMs: LONG_MS, lingerMs: LONG_MS });
const peer = client.peer<typeof server>(server.address);

// A procedure that runs, a call in flight, and one that lingers.
peer.call('forever').cancel('not awaited');
void peer.call('forever');
// The discard port, where nothing answers.
const silent = await client.peer(`${HOST}:9`).call('x', [], { timeoutMs: 20 });
await peer.call('ping');

// Without a timer, so that its socket alone can keep the process alive.
const idle = await createEndpoint({ host: HOST, handlers: { ping: () => 'pong' } });
for (const endpoint of [server, client, idle]) endpoint.unref();
for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
const keptAliveBy = process.getActiveResourcesInfo().filter((name) => /UDP|Timeout/.test(name));
const { lingeringNow, inFlightNow } = client.stats();
const { runningNow } = server.stats();
const report = { silent: silent.state, lingeringNow, inFlightNow, runningNow, keptAliveBy };
console.log(JSON.stringify({ ...report, port: idle.address.port }));

if (what === 'serve') process.stdin.resume();
if (what === 'ref') idle.ref();
if (what === 'close') {
  await Promise.all([client.close(), server.close(), idle.close()]);
  console.log('closed');
}

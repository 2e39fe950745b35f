/**
 * `npm run bench:notify`: notifications a second, made as fast as their bound allows, against the
 * round trips of plain dgram with 64 in flight; and how many of those that were sent have run.
 *
 * The two take turns, round by round. The server is one process, the client another.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Command } from '@commander-js/extra-typings';
import { createEndpoint } from 'rpcudp';
import type { Endpoint } from 'rpcudp';
import { showSpread } from './comparison/statistics.js';
import type { Ports } from './notify/server.js';
import { Progress } from './progress.js';
import { rawClient } from './raw-client.js';

const { quick } = new Command('npm run bench:notify --')
  .description('Measures notifications a second against the round trips of plain dgram.')
  .option('--quick', 'fewer and shorter rounds: enough to see that it runs, too few to quote')
  .parse()
  .opts();
const ROUNDS = quick ? 5 : 21;
const DURATION_MS = quick ? 300 : 1_000;
const IN_FLIGHT = 64;
/** Long enough that what is in the kernel's buffer has run. */
const SETTLING_MS = 100;
/** As long as the request of a notification: type, id, a short name and two numbers. */
const REQUEST = Buffer.alloc(40);

/** Round trips a second of plain dgram. */
async function rawRound(port: number): Promise<number> {
  const client = await rawClient(port, REQUEST);
  const startMs = performance.now();
  let done = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - startMs < DURATION_MS) {
      await client.call();
      done += 1;
    }
  };
  await Promise.race([
    Promise.all(Array.from({ length: IN_FLIGHT }, loop)),
    // Where a datagram was lost, its loop never ends.
    new Promise((resolve) => setTimeout(resolve, 2 * DURATION_MS)),
  ]);
  const elapsedS = (performance.now() - startMs) / 1_000;
  client.close();
  return done / elapsedS;
}

interface NotifyRound {
  readonly perSecond: number;
  readonly sent: number;
  readonly ran: number;
  readonly dropped: number;
}

/** Notifications a second that have run, made whenever there is room. */
async function notifyRound(client: Endpoint, port: number): Promise<NotifyRound> {
  const peer = client.peer(`127.0.0.1:${port}`);
  const ranBefore = Number(await peer.call('count').value());
  const before = client.stats().notifications;
  const startMs = performance.now();
  for (let made = 0; performance.now() - startMs < DURATION_MS; made += 1) {
    await peer.readyToNotify();
    peer.notify('moved', [made, made]);
  }
  const elapsedS = (performance.now() - startMs) / 1_000;
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const ran = Number(await peer.call('count').value()) - ranBefore;
  const after = client.stats().notifications;
  const dropped = after['dropped.noRoom'] - before['dropped.noRoom'];
  return { perSecond: ran / elapsedS, sent: after.sent - before.sent, ran, dropped };
}

const server = fork(new URL('notify/server.js', import.meta.url));
const [ports] = (await once(server, 'message')) as [Ports];
const client = await createEndpoint({ host: '127.0.0.1' });
await rawRound(ports.raw);
await notifyRound(client, ports.endpoint);

const raw: number[] = [];
const notified: NotifyRound[] = [];
const progress = new Progress(ROUNDS);
for (let round = 0; round < ROUNDS; round += 1) {
  progress.step(`round ${round + 1}`, 1);
  raw.push(await rawRound(ports.raw));
  notified.push(await notifyRound(client, ports.endpoint));
}
progress.end();

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const sent = sum(notified.map((round) => round.sent));
const ran = sum(notified.map((round) => round.ran));
const ratios = notified.map(({ perSecond }, round) => perSecond / (raw[round] ?? NaN));
console.log(
  `Node.js ${process.version}, ${ROUNDS} rounds of ${DURATION_MS} ms: medians (quartiles)`,
);
console.log(`round trips of plain dgram a second, 64 in flight: ${showSpread(raw, 0)}`);
const perSecond = notified.map((round) => round.perSecond);
console.log(`notifications run a second: ${showSpread(perSecond, 0)}`);
console.log(`ratio: ${showSpread(ratios, 2)}`);
console.log(`of ${sent} sent, ${ran} ran: ${((100 * ran) / sent).toFixed(2)} %`);
console.log(`dropped for want of room: ${sum(notified.map(({ dropped }) => dropped))}`);
await client.close();
server.disconnect();

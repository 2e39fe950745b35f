/**
 * `npm run bench:soak`: whether an endpoint on an open network stays as small, as fast and as right
 * as it was, however many strangers it hears.
 *
 * Three processes talk over real UDP on loopback: the endpoint that is measured, honest clients
 * that come and go, and strangers. The measured endpoint also calls peers that are dead.
 *
 * Only root may forge the source of a datagram, and not everywhere. To bind millions of sockets
 * instead would measure the kernel; and an endpoint treats all of loopback as one honest host. So
 * the strangers send from one socket, with a number in front of each datagram, and the transport of
 * the measured endpoint turns the number into an address before the endpoint sees it. Everything
 * else is real: the kernel's buffers, the event loop that reads them, and each reply, which is sent
 * to the strangers' socket.
 */
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from '@commander-js/extra-typings';
import { Program } from './comparison/program.js';
import { Progress } from './progress.js';
import { boundsOf, isKept, p50Of, quantileOf, resolvedShare, unresolvedOf } from './soak/bounds.js';
import type { Bound, Slice, SoakRun } from './soak/bounds.js';
import type { Attack, HonestSample, Listening, MeasuredSample } from './soak/samples.js';
import { wholeNumber } from './whole-number.js';

const { minutes } = new Command('npm run bench:soak --')
  .description(
    `Floods an endpoint of 2,000 peers with the datagrams of strangers, each from a new address, \
while honest clients call it. Measures whether memory stays the same from minute five on, how many \
honest calls are resolved, and how long they take, with and without strangers. The exit code is 1 \
when a bound is broken. In fewer minutes there are fewer strangers, and memory is compared with \
that after a third.`,
  )
  .option('--minutes <n>', 'how long strangers send', wholeNumber(1), 15)
  .parse()
  .opts();

const DATAGRAMS_PER_SECOND = 8_000;
const WARM_UP_MS = 10_000;
const QUIET_MS = 20_000;
const SLICE_MS = 15_000;
const SLICES = (minutes * 60_000) / SLICE_MS;
/** As many lines of the table as there are minutes in a whole run. */
const MAX_LINES = 15;
const MIB = 2 ** 20;

/** Starts a process of the soak. Its first line says that it is ready. */
function start(name: string, ...args: (number | string)[]): Program {
  const path = fileURLToPath(new URL(`soak/${name}.js`, import.meta.url));
  return new Program(name, process.execPath, ['--expose-gc', path, ...args.map(String)]);
}

async function soak(): Promise<SoakRun> {
  const strangers = start('strangers');
  const { port: strangersPort } = (await strangers.hear()) as Listening;
  const endpoint = start('measured', strangersPort);
  const { port } = (await endpoint.hear()) as Listening;
  const clients = start('honest', port);
  await clients.hear();
  const ask = async (): Promise<Omit<Slice, 'endMs'>> => ({
    measured: (await endpoint.ask({})) as MeasuredSample,
    honest: (await clients.ask({})) as HonestSample,
  });
  const progress = new Progress(WARM_UP_MS + QUIET_MS + SLICES * SLICE_MS);

  progress.step('warming up', WARM_UP_MS);
  await setTimeout(WARM_UP_MS);
  await ask();
  progress.step('without strangers', QUIET_MS);
  await setTimeout(QUIET_MS);
  const { honest: quiet } = await ask();

  await strangers.ask({ port, datagramsPerSecond: DATAGRAMS_PER_SECOND } satisfies Attack);
  const startedMs = performance.now();
  const slices: Slice[] = [];
  while (slices.length < SLICES) {
    const last = slices.at(-1);
    progress.step(last === undefined ? 'strangers come' : wordsOf(last), SLICE_MS);
    await setTimeout(startedMs + (slices.length + 1) * SLICE_MS - performance.now());
    slices.push({ endMs: performance.now() - startedMs, ...(await ask()) });
  }
  progress.end();
  for (const program of [strangers, endpoint, clients]) program.end();
  return { datagramsPerSecond: DATAGRAMS_PER_SECOND, quiet, slices };
}

function wordsOf({ measured, honest }: Slice): string {
  const { heapBytes, addresses } = measured;
  const calls = `p50 ${ms(p50Of([honest]))} ms, ${percent(resolvedShare([honest]))} resolved`;
  return `${whole(addresses)} strangers, heap ${mib(heapBytes)} MiB, ${calls}`;
}

function lineOf({ endMs, measured, honest }: Slice): Record<string, string> {
  return {
    minutes: (endMs / 60_000).toFixed(2),
    'heap MiB': mib(measured.heapBytes),
    'RSS MiB': mib(measured.rssBytes),
    strangers: whole(measured.addresses),
    peers: whole(measured.peersNow),
    remembered: whole(measured.rememberedNow),
    'lost by the kernel': whole(measured.kernelDrops),
    'to the dead': whole(measured.callsToTheDead),
    clients: whole(honest.clients),
    resolved: percent(resolvedShare([honest])),
    'p50 ms': ms(p50Of([honest])),
    'p99 ms': ms(quantileOf([honest], 0.99)),
  };
}

function verdictOf(bound: Bound): Record<string, string> {
  const { what, measured, least, most } = bound;
  const limit = least === undefined ? `at most ${number(most)}` : `at least ${number(least)}`;
  return { what, bound: limit, measured: number(measured), '': isKept(bound) ? 'kept' : 'BROKEN' };
}

const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
const ms = (time: number): string => time.toFixed(2);
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const whole = (count: number): string => Math.round(count).toLocaleString('en');
const number = (value = NaN): string => (value < 100 ? value.toFixed(3) : whole(value));

const run = await soak();
const { quiet, slices } = run;
const honest = slices.map((slice) => slice.honest);
const every = Math.ceil(slices.length / MAX_LINES);
console.log(
  `Node ${process.version}; ${DATAGRAMS_PER_SECOND} datagrams of strangers a second for ${minutes} minutes`,
);
console.table(slices.filter((_, index) => (index + 1) % every === 0).map(lineOf));
console.log(
  `Honest p50: ${ms(p50Of(honest))} ms, and ${ms(p50Of([quiet]))} ms without strangers. Honest calls ` +
    `that were not resolved: ${JSON.stringify(unresolvedOf(honest))}, and ` +
    `${JSON.stringify(unresolvedOf([quiet]))} without strangers.`,
);
const bounds = boundsOf(run);
console.table(bounds.map(verdictOf));
if (!bounds.every(isKept)) process.exitCode = 1;

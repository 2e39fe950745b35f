/**
 * `npm run bench:scale`: what a call costs in time and memory, when there are many calls, peers or
 * replies.
 *
 * Each measurement has its own process. They take turns, round by round, because the machine is
 * noisy; medians are printed with their quartiles. There is no network, so the times are those of
 * the library itself.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Command } from '@commander-js/extra-typings';
import { Progress } from './progress.js';
import type { MeasurementName } from './scale/child.js';
import type { Measured } from './scale/measured.js';

const { quick } = new Command('npm run bench:scale --')
  .description(
    `Measures CPU time per call with 1 to 1,000,000 outstanding calls, with 1 to 100,000 peers, \
and with an empty and a full reply memory; bytes of memory for each outstanding call, idle peer, \
remembered reply and idle endpoint; and the time of an operation on each collection with 1,000 and \
1,000,000 entries. The million calls run in 1 GiB of heap.`,
  )
  .option(
    '--quick',
    'fewer, shorter and smaller rounds: enough to see that it runs, too few to quote',
  )
  .parse()
  .opts();

const MILLION = 1_000_000;
/** The heap for a million calls. */
const HEAP_MIB = 1024;
const ROUNDS = quick ? 2 : 5;
const SAMPLE = quick ? 10_000 : 100_000;
const MEMORY_COUNT = quick ? 20_000 : 100_000;
const ENDPOINTS = 10_000;
/** A process that has done its work but does not end has left something open. */
const EXIT_WITHIN_MS = 10_000;

/** One line of a table: a measurement, the count it is made with, and how many times it is made. */
interface Line {
  readonly name: string;
  readonly measure: MeasurementName;
  readonly count: number;
  readonly sample: number;
  readonly rounds: number;
}

function line(name: string, measure: MeasurementName, count: number, rounds = ROUNDS): Line {
  return { name, measure, count, sample: SAMPLE, rounds };
}

/** Lines that differ only in their count. A million takes so long that it is measured once. */
function lines(measure: MeasurementName, counts: readonly number[]): Line[] {
  return counts
    .filter((count) => !quick || count < MILLION)
    .map((count) => {
      return line(count.toLocaleString('en'), measure, count, count < MILLION ? ROUNDS : 1);
    });
}

const TABLES: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
  {
    title:
      'CPU time of a call, answered at once, by how many calls to a silent peer are outstanding; and of each of those',
    lines: lines('outstanding', [1, 1_000, 100_000, MILLION]),
  },
  {
    title: 'CPU time of a call, by the number of peers that are called in turn',
    lines: lines('peers', [1, 1_000, quick ? 10_000 : 100_000]),
  },
  {
    title: 'CPU time of serving a request, by how many requests are remembered at most',
    lines: lines('replies', [16_384, MILLION]),
  },
  {
    title: `Memory for each of ${MEMORY_COUNT.toLocaleString('en')}`,
    lines: [
      line('outstanding call', 'outstandingCall', MEMORY_COUNT, 1),
      line('the same, awaited', 'awaitedCall', MEMORY_COUNT, 1),
      line('the same, 200 answered for each', 'callAmongAnswered', MEMORY_COUNT / 100, 1),
      line('idle peer', 'idlePeer', MEMORY_COUNT, 1),
      line('remembered reply', 'rememberedReply', MEMORY_COUNT, 1),
      line(`idle endpoint, of ${ENDPOINTS.toLocaleString('en')}`, 'idleEndpoint', ENDPOINTS, 1),
    ],
  },
  {
    title: 'Nanoseconds of an operation, by the number of entries',
    lines: [line('1,000', 'collections', 1_000, 1), line('1,000,000', 'collections', MILLION, 1)],
  },
];

/** The running measurement. It is killed when this process ends. */
let child: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    child?.kill('SIGKILL');
    process.exit(130);
  });
}

async function measure({ name, measure, count, sample }: Line): Promise<Measured> {
  child = fork(new URL('scale/child.js', import.meta.url), [measure, `${count}`, `${sample}`], {
    execArgv: ['--expose-gc', ...(count < MILLION ? [] : [`--max-old-space-size=${HEAP_MIB}`])],
  });
  const results: Measured[] = [];
  child.on('message', (measured: Measured) => results.push(measured));
  const exited = once(child, 'exit');
  const disconnected = once(child, 'disconnect');
  await Promise.race([exited, disconnected]);
  const hangs = setTimeout(() => child?.kill('SIGKILL'), EXIT_WITHIN_MS);
  const [code, signal] = (await exited) as [number | null, string | null];
  clearTimeout(hangs);
  const [result] = results;
  if (result === undefined || code !== 0) {
    throw new Error(`'${name}' of ${measure} ended with ${code ?? signal}`);
  }
  return result;
}

/** The median, with the quartiles if there are several numbers. */
function spread(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    rounded(sorted[Math.round((sorted.length - 1) * share)] ?? NaN);
  return numbers.length === 1 ? at(0.5) : `${at(0.5)} (${at(0.25)}–${at(0.75)})`;
}

function rounded(number: number): string {
  if (Number.isNaN(number)) return '';
  return number.toFixed(number < 100 ? 2 : 0);
}

type Rounds = readonly Measured[];

/** Plays round by round, all lines in each round. */
async function play(lines: readonly Line[]): Promise<Map<Line, Rounds>> {
  const played = new Map<Line, Measured[]>(lines.map((line) => [line, []]));
  const progress = new Progress(lines.reduce((sum, { rounds }) => sum + rounds, 0));
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [line, rounds] of played) {
      if (round > line.rounds) continue;
      progress.step(`${line.measure} ${line.name}, round ${round} of ${line.rounds}`, 1);
      rounds.push(await measure(line));
    }
  }
  progress.end();
  return played;
}

function rowOf(rounds: Rounds): Record<string, string> {
  const columns = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    columns.map((column) => [column, spread(rounds.map((measured) => measured[column] ?? NaN))]),
  );
}

/** What is promised, and what was measured of it, round by round. */
interface Target {
  readonly what: string;
  readonly most: number;
  readonly ofRounds: () => readonly number[];
}

const resultsOf = new Map<string, Rounds>();
const columnOf = (measure: MeasurementName, count: number, column: string): readonly number[] =>
  (resultsOf.get(`${measure} ${count}`) ?? []).map((measured) => measured[column] ?? NaN);

const TARGETS: readonly Target[] = [
  {
    what: 'CPU time of a call with 100,000 outstanding, × with 1,000',
    most: 1.3,
    // Compares measurements that are close in time.
    ofRounds: () => {
      const few = columnOf('outstanding', 1_000, 'a call, µs');
      const many = columnOf('outstanding', 100_000, 'a call, µs');
      return many.map((micros, round) => micros / (few[round] ?? NaN));
    },
  },
  {
    what: 'bytes for an outstanding call',
    most: 600,
    ofRounds: () => columnOf('outstandingCall', MEMORY_COUNT, 'sum, bytes'),
  },
  {
    what: 'bytes for an idle endpoint',
    most: 20 * 1_024,
    ofRounds: () => columnOf('idleEndpoint', ENDPOINTS, 'sum, bytes'),
  },
  {
    what: 'MiB of memory, all of the process, for 10,000 idle endpoints',
    most: 400,
    ofRounds: () => columnOf('idleEndpoint', ENDPOINTS, 'peak RSS, MiB'),
  },
  {
    what: 'MiB of memory, all of the process, for 1,000,000 outstanding calls',
    most: 1_024,
    ofRounds: () => columnOf('outstanding', MILLION, 'peak RSS, MiB'),
  },
];

console.log(`Node ${process.version}; median (quartiles) of ${ROUNDS} rounds, or the one there is`);
for (const { title, lines } of TABLES) {
  const played = await play(lines);
  console.log(`\n${title}`);
  console.table(Object.fromEntries([...played].map(([{ name }, rounds]) => [name, rowOf(rounds)])));
  for (const [{ measure, count }, rounds] of played) resultsOf.set(`${measure} ${count}`, rounds);
}
console.log('\nTargets');
console.table(
  TARGETS.map(({ what, most, ofRounds }) => {
    const numbers = ofRounds();
    return { what, 'at most': most, measured: numbers.length === 0 ? '' : spread(numbers) };
  }),
);

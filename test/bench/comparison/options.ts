import { Command } from '@commander-js/extra-typings';
import { wholeNumber } from '../whole-number.js';
import { LINEUP, YARDSTICK } from './lineup.js';
import type { Entry } from './lineup.js';
import type { Pace } from './match.js';

const FULL: Pace = { warmUpMs: 1_000, rounds: 15, durationMs: 300 };
const QUICK: Pace = { warmUpMs: 300, rounds: 3, durationMs: 100 };
/** With a baseline: more of each round, to tell one part in a hundred. */
const FULL_DUEL: Pace = { ...FULL, durationMs: 800 };

/** Those that a baseline can be compared by. */
const BUILDS = LINEUP.filter(({ loads }) => loads !== undefined);

/** Where the plot of a whole run goes, for the README. */
export const PLOT = 'test/bench/calls-per-second.svg';

/** What `npm run bench` takes. */
export const BENCH = new Command('npm run bench --')
  .description(
    `Calls a second, CPU time per call of client and server, and latency, as ratios to raw dgram: \
of rpcudp, and of others that make calls. Under the Node.js that runs this, and under Node.js 24 from \
npm. Tables go to standard output. A whole run takes 6 minutes and draws ${PLOT}; \
with any of these options the plot goes to .bench.

With a baseline: is this build slower than that commit? Builds the commit, unless .bench/baseline \
has it already, and has both builds alternate every few milliseconds. Prints medians of paired \
ratios, with quartiles: 1 is equal, more is better for this build. It takes 25 minutes. More \
rounds make it finer: each has new processes, which are faster or slower by luck.`,
  )
  .option(
    '--only <rows>',
    `these, and raw dgram: ${keysOf(LINEUP)}; with a baseline some of ${keysOf(BUILDS)}`,
    (list) => list.split(','),
  )
  .option('--rounds <n>', `how many rounds count (default: ${FULL.rounds})`, wholeNumber(1))
  .option(
    '--quick',
    `${QUICK.rounds} short rounds under one Node.js: enough to see that it runs, too few to quote`,
  )
  .option('--baseline <commit>', 'compare this build with that commit, and with nobody else');

export interface Options {
  /** The commit that this build is compared with; with nobody else then. */
  readonly baseline: string | undefined;
  /** The yardstick is the first, unless there is a baseline. */
  readonly entries: readonly Entry[];
  readonly pace: Pace;
  /** Whether Node 24 is tried beside the Node that runs this. */
  readonly bothNodes: boolean;
  /** Whether everything takes part for as long as it takes: what may be quoted. */
  readonly whole: boolean;
}

/** Reads the command line; where that cannot be, says why and ends the process. */
export function parseOptions(args: readonly string[]): Options {
  const { baseline, only, quick = false, rounds } = BENCH.parse(args, { from: 'user' }).opts();
  const pace = quick ? QUICK : baseline === undefined ? FULL : FULL_DUEL;
  const candidates = baseline === undefined ? LINEUP : BUILDS;
  return {
    baseline,
    entries: only === undefined ? candidates : chosen(candidates, only),
    pace: { ...pace, rounds: rounds ?? pace.rounds },
    bothNodes: !quick,
    whole: only === undefined && rounds === undefined && !quick,
  };
}

function chosen(candidates: readonly Entry[], keys: readonly string[]): Entry[] {
  for (const key of keys) {
    if (candidates.some((entry) => entry.key === key)) continue;
    BENCH.error(`error: --only must name some of ${keysOf(candidates)}, but names ${key}`);
  }
  return candidates.filter(({ key }) => key === YARDSTICK || keys.includes(key));
}

function keysOf(entries: readonly Entry[]): string {
  return entries.map(({ key }) => key).join(', ');
}

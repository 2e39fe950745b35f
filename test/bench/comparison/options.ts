/** The options of `npm run bench`. */
import { Command } from '@commander-js/extra-typings';
import { wholeNumber } from '../whole-number.js';
import { LINEUP, YARDSTICK } from './lineup.js';
import type { Entry } from './lineup.js';
import type { Pace } from './match.js';

const FULL: Pace = { warmUpMs: 1_000, rounds: 15, durationMs: 300 };
const QUICK: Pace = { warmUpMs: 300, rounds: 3, durationMs: 100 };
/** With a baseline, rounds are longer, to see a difference of one per cent. */
const FULL_DUEL: Pace = { ...FULL, durationMs: 800 };

/** The entries with which a baseline can be compared. */
const BUILDS = LINEUP.filter(({ loads }) => loads !== undefined);

/** The path of the plot of a whole run, for the README. */
export const PLOT = 'test/bench/calls-per-second.svg';

/** The command line of `npm run bench`. */
export const BENCH = new Command('npm run bench --')
  .description(
    `Measures rpcudp and other packages that make calls: calls a second, CPU time per call of \
client and server, and latency, as ratios to raw dgram. With the Node.js that runs this, and with \
Node.js 24 from npm. Tables are printed to standard output. A whole run takes 6 minutes and draws \
${PLOT}. With any of these options the plot is written to .bench.

With --baseline: tells whether this build is slower than that commit. Builds the commit, unless \
.bench/baseline has it already. Both builds alternate every few milliseconds. Prints medians of \
paired ratios, with quartiles: 1 is equal, more is better for this build. No others take part. It \
takes 25 minutes. More rounds give more precise ratios, because each round has new processes, \
which are faster or slower by chance.`,
  )
  .option(
    '--only <rows>',
    `only these, and raw dgram: ${keysOf(LINEUP)}; with a baseline some of ${keysOf(BUILDS)}`,
    (list) => list.split(','),
  )
  .option('--rounds <n>', `how many rounds are measured (default: ${FULL.rounds})`, wholeNumber(1))
  .option(
    '--quick',
    `${QUICK.rounds} short rounds with one Node.js: enough to see that it runs, too few to quote`,
  )
  .option('--baseline <commit>', 'compare this build with that commit, and with no others');

export interface Options {
  /** The commit that this build is compared with. Then no other contestants play. */
  readonly baseline: string | undefined;
  /** The yardstick is the first, unless there is a baseline. */
  readonly entries: readonly Entry[];
  readonly pace: Pace;
  /** Whether Node.js 24 is measured too, besides the Node.js that runs this. */
  readonly bothNodes: boolean;
  /** Whether all contestants play with full rounds. Only such results may be quoted. */
  readonly whole: boolean;
}

/** Reads the command line. An invalid option is reported and ends the process. */
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

/** Selects the entries with these keys. A key that no candidate has ends the process. */
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

/** The options of `npm run bench`. */
import { parseArgs } from 'node:util';
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

export const USAGE = `npm run bench [-- options]

Measures rpcudp and other packages that make calls: calls a second, CPU time per call of client
and server, and latency, as ratios to raw dgram. With the Node.js that runs this, and with
Node.js 24 from npm.

  --only a,b    only these, and raw dgram: ${keysOf(LINEUP)}
  --rounds n    how many rounds are measured, default ${FULL.rounds}
  --quick       ${QUICK.rounds} short rounds with one Node.js: enough to see that it runs, too few to quote
  --help

Tables are printed to standard output. A whole run takes 6 minutes and draws
${PLOT}. With any of these options the plot is written to .bench.

  --baseline commit

Tells whether this build is slower than that commit. Builds the commit, unless .bench/baseline has
it already. Both builds alternate every few milliseconds. Prints medians of paired ratios, with
quartiles: 1 is equal, more is better for this build. No others take part; --only selects from
${keysOf(BUILDS)}.
It takes 25 minutes. More rounds give more precise ratios, because each round has new processes,
which are faster or slower by chance.`;

export interface Options {
  readonly help: boolean;
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

/** @throws Error that names the option. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      baseline: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { baseline, only, quick, help } = values;
  const pace = quick ? QUICK : baseline === undefined ? FULL : FULL_DUEL;
  const rounds = Number(values.rounds ?? pace.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new RangeError(`--rounds must be an integer from 1, but is ${values.rounds}`);
  }
  const candidates = baseline === undefined ? LINEUP : BUILDS;
  return {
    help,
    baseline,
    entries: only === undefined ? candidates : chosen(candidates, only.split(',')),
    pace: { ...pace, rounds },
    bothNodes: !quick,
    whole: only === undefined && values.rounds === undefined && !quick,
  };
}

/** @throws RangeError that names a key that no candidate has. */
function chosen(candidates: readonly Entry[], keys: readonly string[]): Entry[] {
  for (const key of keys) {
    if (!candidates.some((entry) => entry.key === key)) {
      throw new RangeError(`--only must name some of ${keysOf(candidates)}, but names ${key}`);
    }
  }
  return candidates.filter(({ key }) => key === YARDSTICK || keys.includes(key));
}

function keysOf(entries: readonly Entry[]): string {
  return entries.map(({ key }) => key).join(', ');
}

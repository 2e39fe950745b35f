/** The options of the simulator's command. */
import { parseArgs } from 'node:util';
import { FAULT_CLASSES } from './plan.js';
import type { FaultClass, Settings } from './plan.js';

/** The text of `--help`. */
export const HELP = `Runs rpcudp in a simulated world that loses, doubles, delays, forges and changes datagrams, crashes
and stalls endpoints. After every event it checks that all promises hold.

  npm run sim -- [--seeds 1000] [--from 1]     run this many seeds, from this one on
  npm run sim -- --seed 26 [--trace]           run one seed, and print every event

  --scale short|long    the size of a world: that of \`npm test\`, or larger (default: long)
  --without a,b         leave out these classes of faults
  --with a,b            have these classes of faults in every world
  --keep-going          continue after a failure
  --no-minimise         do not look for the faults that a failure needs
  --coverage            show how many times each thing was reached
  --help                show this text

The exit code is 1 when a promise was broken, or when 400 seeds or more left something unreached.
The classes of faults are:
${columns(FAULT_CLASSES)}
`;

function columns(names: readonly string[]): string {
  const rows = Array.from({ length: Math.ceil(names.length / 4) }, (_, row) =>
    names.slice(4 * row, 4 * row + 4),
  );
  return rows.map((row) => `  ${row.map((name) => name.padEnd(20)).join('')}`.trimEnd()).join('\n');
}

/** What the command must do. */
export interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly settings: Settings;
  readonly trace: boolean;
  readonly keepGoing: boolean;
  readonly minimises: boolean;
  readonly showsCoverage: boolean;
}

/**
 * Reads the command line. Returns undefined when only help was wanted.
 *
 * @throws Error for an invalid option, which says what is allowed.
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      scale: { type: 'string', default: 'long' },
      without: { type: 'string', default: '' },
      with: { type: 'string', default: '' },
      trace: { type: 'boolean', default: false },
      'keep-going': { type: 'boolean', default: false },
      'no-minimise': { type: 'boolean', default: false },
      coverage: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { scale } = values;
  if (scale !== 'short' && scale !== 'long')
    throw new Error(`--scale must be short or long, but is ${scale}`);
  return {
    from: integer('--from', values.seed ?? values.from),
    seeds: values.seed === undefined ? integer('--seeds', values.seeds) : 1,
    settings: {
      scale,
      without: faultClasses('--without', values.without),
      with: faultClasses('--with', values.with),
    },
    trace: values.trace,
    keepGoing: values['keep-going'],
    minimises: !values['no-minimise'],
    showsCoverage: values.coverage,
  };
}

function integer(name: string, text: string): number {
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new Error(`${name} must be a whole number from 0, but is ${JSON.stringify(text)}`);
}

function faultClasses(option: string, list: string): ReadonlySet<FaultClass> {
  const known: readonly string[] = FAULT_CLASSES;
  const names = list.split(',').filter((name) => name !== '');
  for (const name of names) {
    if (!known.includes(name))
      throw new Error(`${option} ${name}: the classes are ${known.join(', ')}`);
  }
  return new Set(names as FaultClass[]);
}

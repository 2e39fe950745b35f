/** The options of the simulator's command. */
import { randomInt } from 'node:crypto';
import { Command, Option } from '@commander-js/extra-typings';
import { InvalidArgumentError } from 'commander';
import { wholeNumber } from '../bench/whole-number.js';
import { FAULT_CLASSES } from './plan.js';
import type { FaultClass, Settings } from './plan.js';
import { FIXED_SEEDS } from './regression-seeds.js';

/** For an invalid option. The exit code 1 means that a promise was broken. */
const MISTAKE_EXIT_CODE = 2;
/** Seeds beyond this one are never drawn. */
const LAST_FRESH_SEED = 2 ** 31;

/** The command line of `npm run sim`. */
export const SIM = new Command('npm run sim --')
  .description(
    `Runs rpcudp in a simulated world that loses, doubles, delays, forges and changes datagrams, \
crashes and stalls endpoints. After every event it checks that all promises hold.

The exit code is 1 when a promise was broken, or when 400 seeds or more left something unreached.
A run that is interrupted ends after its current seed, with exit code 130, and prints the command
that continues it.
The classes of faults are ${FAULT_CLASSES.join(', ')}.`,
  )
  .option('--seeds <n>', 'run this many seeds', wholeNumber(0), FIXED_SEEDS)
  .option('--from <n>', 'from this one on', wholeNumber(0), 1)
  .option('--seed <n>', 'run only this seed', wholeNumber(0))
  .addOption(
    new Option('--fresh', 'from a seed that is drawn by chance').conflicts(['from', 'seed']),
  )
  .option('--trace', 'print every event')
  .addOption(
    new Option('--scale <size>', 'the size of a world: that of `npm test`, or larger')
      .choices(['short', 'long'] as const)
      .default('long' as const),
  )
  .option(
    '--without <classes>',
    'leave out these classes of faults, as in loss,delay',
    faultClasses,
  )
  .option('--with <classes>', 'have these classes of faults in every world', faultClasses)
  .option('--keep-going', 'continue after a failure')
  .option('--no-minimise', 'do not look for the faults that a failure needs')
  .option('--coverage', 'show how many times each thing was reached')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : MISTAKE_EXIT_CODE));

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
 * Reads the command line. An invalid option is reported and ends the process. `drawSeed` draws the
 * first of fresh seeds.
 */
export function readOptions(args: readonly string[], drawSeed = drawFreshSeed): Options {
  const {
    seeds,
    from,
    seed,
    fresh = false,
    scale,
    ...values
  } = SIM.parse(args, { from: 'user' }).opts();
  const { trace = false, keepGoing = false, minimise, coverage = false } = values;
  return {
    from: fresh ? drawSeed() : (seed ?? from),
    seeds: seed === undefined ? seeds : 1,
    settings: {
      scale,
      without: values.without ?? new Set(),
      with: values.with ?? new Set(),
    },
    trace,
    keepGoing,
    minimises: minimise,
    showsCoverage: coverage,
  };
}

function drawFreshSeed(): number {
  return randomInt(FIXED_SEEDS + 1, LAST_FRESH_SEED);
}

function faultClasses(list: string): ReadonlySet<FaultClass> {
  const names = list.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !isFaultClass(name));
  if (unknown === undefined) return new Set(names.filter(isFaultClass));
  throw new InvalidArgumentError(
    `There is no class ${unknown}. The classes are ${FAULT_CLASSES.join(', ')}.`,
  );
}

function isFaultClass(name: string): name is FaultClass {
  const known: readonly string[] = FAULT_CLASSES;
  return known.includes(name);
}

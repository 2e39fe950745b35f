/** Tables of options: for each option how it is checked, and what it is when it is not given. */
import { OptionError } from './errors.js';
import { mapRows } from './vocabulary.js';

export interface OptionRow<Standard> {
  /** What it is when it is not given; undefined where that depends on something else. */
  readonly standard: Standard;
  /** What is wrong with a value, to stand after the option's name; undefined if nothing is. */
  readonly problem: (value: unknown) => string | undefined;
}

/** A row for each option of an interface: what is missing does not compile, nor does what is too much. */
export type OptionTable<Options> = {
  readonly [Name in keyof Options]-?: OptionRow<Options[Name] | undefined>;
};

/** Options as they hold: what was given, and defaults for the rest. */
export type WithDefaults<Options, Table extends OptionTable<Options>> = {
  readonly [Name in keyof Table]: Name extends keyof Options
    ? Exclude<Options[Name], undefined> | Table[Name]['standard']
    : never;
};

/**
 * Checks every option that is given, and refuses those that nobody reads: a misspelt one would be a default that nobody
 * asked for.
 *
 * @throws OptionError naming the option, and what it must be, or those there are.
 */
export function requireOptions<Options extends object>(
  table: OptionTable<Options>,
  options: Options,
  owner: string,
): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new OptionError('options', `of ${owner} must be an object, but is ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(table, name)) {
      throw new OptionError(name, `is none of ${owner}'s: ${Object.keys(table).join(', ')}`);
    }
  }
  for (const name in table) {
    const value = options[name];
    const problem = value === undefined ? undefined : table[name].problem(value);
    if (problem !== undefined) throw new OptionError(name, problem);
  }
}

/** The options that were checked, with defaults for those that were not given. */
export function withDefaults<Options extends object, Table extends OptionTable<Options>>(
  table: Table,
  options: Options,
): WithDefaults<Options, Table> {
  const rows: Readonly<Record<string, OptionRow<unknown>>> = table;
  const given = options as Readonly<Record<string, unknown>>;
  return mapRows(rows, ({ standard }, name) =>
    given[name] === undefined ? standard : given[name],
  ) as WithDefaults<Options, Table>;
}

/** An integer from `least` to `most`. */
export function integer<Standard extends number | undefined>(
  standard: Standard,
  least: number,
  most: number,
): OptionRow<Standard> {
  return {
    standard,
    problem: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
        ? undefined
        : `must be an integer from ${least} to ${most}, but is ${shown(value)}`,
  };
}

/** One of some words; `choices` has each of them. */
export function oneOf<Choice extends string>(
  standard: Choice,
  choices: Readonly<Record<Choice, true>>,
): OptionRow<Choice> {
  const words: readonly unknown[] = Object.keys(choices);
  const problem = (value: unknown) =>
    words.includes(value)
      ? undefined
      : `must be one of ${words.join(', ')}, but is ${JSON.stringify(value)}`;
  return { standard, problem };
}

/** Whatever passes a test; `must` is what is said of the rest. */
export function tested<Standard>(
  standard: Standard,
  must: string,
  isSound: (value: unknown) => boolean,
): OptionRow<Standard> {
  return { standard, problem: (value) => (isSound(value) ? undefined : must) };
}

/** A function; whether it does what it should nobody can tell. */
export function callable<Standard>(standard: Standard): OptionRow<Standard> {
  return tested(standard, 'must be a function', (value) => typeof value === 'function');
}

/** What is not checked here: whoever takes it does that, or nobody can. */
export function unchecked<Standard>(standard: Standard): OptionRow<Standard> {
  return { standard, problem: () => undefined };
}

/** A value that is wrong, for a message. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/** Option tables: the check and the default of each option. */
import { OptionError } from './errors.js';
import { mapRows } from './vocabulary.js';

export interface OptionRow<Standard> {
  /** The default; undefined if it depends on something else. */
  readonly standard: Standard;
  /**
   * What is wrong with a value, as text that follows the option's name; undefined if nothing is.
   */
  readonly problem: (value: unknown) => string | undefined;
}

/** A table with exactly one row for each option. Missing and additional rows do not compile. */
export type OptionTable<Options> = {
  readonly [Name in keyof Options]-?: OptionRow<Options[Name] | undefined>;
};

/** The given options, with defaults for the others. */
export type WithDefaults<Options, Table extends OptionTable<Options>> = {
  readonly [Name in keyof Table]: Name extends keyof Options
    ? Exclude<Options[Name], undefined> | Table[Name]['standard']
    : never;
};

/**
 * Checks every given option and refuses unknown ones. Otherwise a misspelt option would silently
 * have its default.
 *
 * @throws OptionError that names the option and either what its value must be, or the options that
 * exist.
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
      const known = Object.keys(table).join(', ');
      throw new OptionError(name, `is not known; the options of ${owner} are ${known}`);
    }
  }
  for (const name in table) {
    const value = options[name];
    const problem = value === undefined ? undefined : table[name].problem(value);
    if (problem !== undefined) throw new OptionError(name, problem);
  }
}

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

/** The row of a span of time, in milliseconds or parts of them. */
export function milliseconds<Standard extends number | undefined>(
  standard: Standard,
  most: number,
): OptionRow<Standard> {
  return {
    standard,
    problem: (value) =>
      typeof value === 'number' && value >= 0 && value <= most
        ? undefined
        : `must be a number from 0 to ${most}, but is ${shown(value)}`,
  };
}

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

/** The row of an option that must pass a test. `must` is the message for other values. */
export function tested<Standard>(
  standard: Standard,
  must: string,
  isSound: (value: unknown) => boolean,
): OptionRow<Standard> {
  return { standard, problem: (value) => (isSound(value) ? undefined : must) };
}

/** The row of an option that must be a function. What the function does cannot be checked. */
export function callable<Standard>(standard: Standard): OptionRow<Standard> {
  return tested(standard, 'must be a function', (value) => typeof value === 'function');
}

/** The row of an option that must be an array of functions; see `requireFunctions`. */
export function callables<Standard>(standard: Standard): OptionRow<Standard> {
  return tested(standard, 'must be an array of functions', Array.isArray);
}

/** @throws OptionError that names the element that is not a function, such as `use[1]`. */
export function requireFunctions(option: string, values: readonly unknown[] = []): void {
  for (const [index, value] of values.entries()) {
    if (typeof value === 'function') continue;
    const kind = value === null ? 'null' : `of type ${typeof value}`;
    throw new OptionError(`${option}[${index}]`, `must be a function, but is ${kind}`);
  }
}

/** The row of an option that is checked where it is used, or that cannot be checked. */
export function unchecked<Standard>(standard: Standard): OptionRow<Standard> {
  return { standard, problem: () => undefined };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/** The options of a recorder: their checks and their defaults. */
import type { Mask } from '../../legible/mask.js';
import { requireOptions, tested, withDefaults } from '../../option-table.js';
import type { OptionTable, WithDefaults } from '../../option-table.js';

/** How an endpoint is recorded. */
export interface RecorderOptions {
  /** The display name of the endpoint: 1 to 256 characters. Default: its address. */
  readonly name?: string | undefined;
  /** What to hide in records and in the bytes of datagrams. Default: nothing is hidden. */
  readonly mask?: Mask | undefined;
  /**
   * About how many calls and requests are shown whole in a second: above 0, and Infinity for all. Of
   * those that go wrong, the first ones of each kind are shown besides. All are counted. Default 500.
   */
  readonly maxCallsPerSecond?: number | undefined;
}

/** The longest display name. */
export const MAX_NAME_LENGTH = 256;

/** All options of a recorder. */
export const RECORDER_OPTIONS = {
  name: tested(undefined, `must be a string of 1 to ${MAX_NAME_LENGTH} characters`, isName),
  mask: tested(undefined, 'must be an array of strings, the keys to mask, or a function', isMask),
  maxCallsPerSecond: {
    standard: 500,
    problem: (value) =>
      typeof value === 'number' && value > 0
        ? undefined
        : `must be a number above 0, but is ${String(value)}`,
  },
} satisfies OptionTable<RecorderOptions>;

/** Checked options, with defaults for those that were not given. */
export type CheckedRecorderOptions = WithDefaults<RecorderOptions, typeof RECORDER_OPTIONS>;

/** @throws OptionError that names the option and says what it must be. */
export function checkRecorderOptions(options: RecorderOptions): CheckedRecorderOptions {
  requireOptions<RecorderOptions>(RECORDER_OPTIONS, options, 'a recorder');
  return withDefaults<RecorderOptions, typeof RECORDER_OPTIONS>(RECORDER_OPTIONS, options);
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length >= 1 && name.length <= MAX_NAME_LENGTH;
}

function isMask(mask: unknown): boolean {
  if (typeof mask === 'function') return true;
  return Array.isArray(mask) && mask.every((key) => typeof key === 'string');
}

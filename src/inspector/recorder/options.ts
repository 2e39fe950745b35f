/** The options of a recorder. */
import type { Mask } from '../../legible/mask.js';
import { requireOptions, tested, withDefaults } from '../../option-table.js';
import type { OptionTable, WithDefaults } from '../../option-table.js';

/** How an endpoint is recorded. */
export interface RecorderOptions {
  /** What people call the endpoint: 1 to 256 characters. Default: its address. */
  readonly name?: string;
  /** What nobody who inspects may see, in records and in the bytes of datagrams. Default: everything is shown. */
  readonly mask?: Mask;
  /**
   * How many healthy calls and requests are shown each second, about; above 0, and Infinity for all of them. What goes
   * wrong is shown in any case. Default 500.
   */
  readonly maxCallsPerSecond?: number;
}

const MAX_NAME_LENGTH = 256;

/** Every option of a recorder. */
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

/** Options that were checked, with defaults for those that were not given. */
export type CheckedRecorderOptions = WithDefaults<RecorderOptions, typeof RECORDER_OPTIONS>;

/** @throws OptionError naming the option, and what it must be. */
export function checkRecorderOptions(options: RecorderOptions): CheckedRecorderOptions {
  requireOptions<RecorderOptions>(RECORDER_OPTIONS, options, 'a recorder');
  const checked = withDefaults<RecorderOptions, typeof RECORDER_OPTIONS>(RECORDER_OPTIONS, options);
  return { ...checked, mask: ownMask(checked.mask) };
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length >= 1 && name.length <= MAX_NAME_LENGTH;
}

function isMask(mask: unknown): boolean {
  if (typeof mask === 'function') return true;
  return Array.isArray(mask) && mask.every((key) => typeof key === 'string');
}

/** A mask of our own: whoever made the given one may change it later, or the path that it is asked about. */
function ownMask(mask: Mask | undefined): Mask | undefined {
  if (typeof mask === 'function') {
    return ({ procedure, path }) => mask({ procedure, path: [...path] });
  }
  return mask && [...mask];
}

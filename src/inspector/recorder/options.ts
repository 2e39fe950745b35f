/** The options of a recorder. */
import { OptionError } from '../../errors.js';
import type { Mask } from '../../legible/mask.js';
import { refuseUnknownOptions } from '../../engine/limits.js';

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

/** Options that were checked, with defaults for those that were not given. */
export interface CheckedRecorderOptions {
  readonly name: string | undefined;
  readonly mask: Mask | undefined;
  readonly maxCallsPerSecond: number;
}

const NAMES: readonly string[] = [
  'name',
  'mask',
  'maxCallsPerSecond',
] satisfies (keyof RecorderOptions)[];

const DEFAULT_MAX_CALLS_PER_SECOND = 500;
const MAX_NAME_LENGTH = 256;

/** @throws OptionError naming the option, and what it must be. */
export function checkRecorderOptions(options: RecorderOptions): CheckedRecorderOptions {
  refuseUnknownOptions(options, NAMES, 'a recorder');
  const { name, mask, maxCallsPerSecond = DEFAULT_MAX_CALLS_PER_SECOND } = options;
  if (name !== undefined && !isName(name)) {
    throw new OptionError('name', `must be a string of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (typeof maxCallsPerSecond !== 'number' || !(maxCallsPerSecond > 0)) {
    throw new OptionError(
      'maxCallsPerSecond',
      `must be a number above 0, but is ${String(maxCallsPerSecond)}`,
    );
  }
  return { name, mask: checkMask(mask), maxCallsPerSecond };
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name.length >= 1 && name.length <= MAX_NAME_LENGTH;
}

/** A mask of our own: whoever made the given one may change it later, or the path that it is asked about. */
function checkMask(mask: Mask | undefined): Mask | undefined {
  if (mask === undefined) return undefined;
  if (typeof mask === 'function') {
    return ({ procedure, path }) => mask({ procedure, path: [...path] });
  }
  const keys: readonly unknown[] = Array.isArray(mask) ? [...(mask as unknown[])] : [undefined];
  if (keys.every((key) => typeof key === 'string')) return keys;
  throw new OptionError('mask', 'must be an array of strings, the keys to mask, or a function');
}

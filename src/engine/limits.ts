/** The limits of an endpoint: bounds and defaults, each in one place. */
import type { Limits } from '../api/limits.js';
import { MAX_TIMER_DELAY_MS } from '../time/clock.js';
import { OptionError } from '../errors.js';
import { MAX_DATAGRAM_BYTES } from '../wire/frame.js';

type Bounds<Standard> = readonly [standard: Standard, least: number, most: number];

const MANY = 2 ** 31 - 1;

const LIMITS: { readonly [Name in keyof Limits]: Bounds<Limits[Name]> } = {
  timeoutMs: [5_000, 1, MAX_TIMER_DELAY_MS],
  attempts: [undefined, 1, 16],
  lingerMs: [10_000, 0, MAX_TIMER_DELAY_MS],
  maxLingering: [4_096, 0, MANY],
  initialWindow: [4, 1, MANY],
  window: [64, 1, MANY],
  mailbox: [256, 0, MANY],
  maxOutstanding: [65_536, 1, MANY],
  maxPeers: [10_000, 1, MANY],
  maxRunningHandlers: [256, 1, MANY],
  maxRunningPerPeer: [32, 1, MANY],
  handlerTimeoutMs: [5_000, 1, MAX_TIMER_DELAY_MS],
  replayWindowMs: [30_000, 0, MAX_TIMER_DELAY_MS],
  maxReplies: [16_384, 0, MANY],
  maxReplyBytes: [8 * 1024 * 1024, 0, MANY],
  maxBundleBytes: [1_200, 0, MAX_DATAGRAM_BYTES],
  closeGraceMs: [1_000, 0, MAX_TIMER_DELAY_MS],
};

/** The names of all limits. */
export const LIMIT_NAMES = Object.keys(LIMITS) as readonly (keyof Limits)[];

/**
 * The value of a limit: the one given, or the default.
 *
 * @throws OptionError naming the limit, its bounds and the value.
 */
export function limitOf<Name extends keyof Limits>(name: Name, value: unknown): Limits[Name] {
  const [standard, least, most]: Bounds<Limits[Name]> = LIMITS[name];
  if (value === undefined) return standard;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new OptionError(
    name,
    `must be an integer from ${least} to ${most}, but is ${shown(value)}`,
  );
}

/**
 * Refuses options that nobody reads: a misspelt one would be a default that nobody asked for.
 *
 * @throws OptionError naming the option, and those there are.
 */
export function refuseUnknownOptions(
  options: object,
  known: readonly string[],
  owner: string,
): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new OptionError('options', `of ${owner} must be an object, but is ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new OptionError(name, `is none of ${owner}'s: ${known.join(', ')}`);
    }
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

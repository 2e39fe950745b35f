/** The limits of an endpoint: names, units, bounds and defaults, each in one place. */
import { MAX_TIMER_DELAY_MS } from './time/clock.js';
import { OptionError } from './errors.js';
import { MAX_DATAGRAM_BYTES } from './wire/frame.js';

/** Everything about an endpoint that is a number. All are integers; times are milliseconds. */
export interface Limits {
  /** How long a call waits for its answer. Default 5,000, as in Python's rpcudp. */
  readonly timeoutMs: number;
  /**
   * How often a request may be sent in all. Default 3 to peers that are known to run a repeated request
   * only once, 1 to others; a number given here or with a call holds for every peer.
   */
  readonly attempts: number | undefined;
  /** How long a timed-out call still recognises a late answer. Default 10,000. */
  readonly lingerMs: number;
  /** How many timed-out calls may linger at a time. Default 4,096. */
  readonly maxLingering: number;
  /** How many calls may be in flight to a peer that has not answered yet. Default 4. */
  readonly initialWindow: number;
  /** How many calls may be in flight to one peer, those apart whose answer is overdue. Default 64. */
  readonly window: number;
  /** How many calls may wait for one peer's window. Default 256; a call beyond it is `unsent`. */
  readonly mailbox: number;
  /** How many calls may be in flight in all. Default 65,536; a call beyond it is `unsent`. */
  readonly maxOutstanding: number;
  /** How many peers are remembered. Default 10,000; idle ones are forgotten to make room. */
  readonly maxPeers: number;
  /** How many procedures may run at a time. Default 256; a request beyond it is refused. */
  readonly maxRunningHandlers: number;
  /** How many procedures may run at a time for one peer. Default 32; a request beyond it is refused. */
  readonly maxRunningPerPeer: number;
  /** How long a procedure may run. Default 5,000; its caller's deadline holds as well. */
  readonly handlerTimeoutMs: number;
  /** How long a reply is remembered for duplicates of its request. Default 30,000. */
  readonly replayWindowMs: number;
  /** How many ended requests are remembered. Default 16,384; `atMostOnce` says what happens beyond it. */
  readonly maxReplies: number;
  /** How many bytes of replies are remembered. Default 8 MiB; beyond it the oldest are let go. */
  readonly maxReplyBytes: number;
  /**
   * How long a datagram that bundles several frames for one rpcudp endpoint may be, in bytes. Default 1,200, which
   * hardly any path fragments (RFC 9000, section 14); 0: a datagram for each frame. Bundles that arrive are
   * always read.
   */
  readonly maxBundleBytes: number;
  /** How long `close` waits for procedures that still run. Default 1,000. */
  readonly closeGraceMs: number;
}

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

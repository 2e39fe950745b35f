/** The options of endpoints and calls: names, units, bounds and defaults, each in one place. */
import type { InspectionObserver } from '../actor/inspection.js';
import type { CallOptions } from '../call/call.js';
import type { Clock } from '../clock.js';
import { MAX_TIMER_DELAY_MS } from '../clock.js';
import { OptionError } from '../errors.js';
import type { Handlers } from '../handler/procedures.js';
import type { Random } from '../random.js';
import type { Lookup } from '../resolve.js';
import type { Transport } from '../transport/transport.js';

/** Everything about an endpoint that is a number. All are integers; times are milliseconds. */
export interface Limits {
  /** How long a call waits for its answer. Default 5,000, as in Python's rpcudp. */
  readonly timeoutMs: number;
  /** How often a request may be sent in all. Default 1: old peers run a repeated request again. */
  readonly attempts: number;
  /** How long a timed-out call still recognises a late answer. Default 10,000. */
  readonly lingerMs: number;
  /** How many timed-out calls may linger at a time. Default 4,096. */
  readonly maxLingering: number;
  /** How many calls may be in flight to one peer. Default 64. */
  readonly window: number;
  /** How many calls may wait for one peer's window. Default 256; a call beyond it is `unsent`. */
  readonly mailbox: number;
  /** How many calls may be in flight in all. Default 65,536; a call beyond it is `unsent`. */
  readonly maxOutstanding: number;
  /** How many peers are remembered. Default 10,000; idle ones are forgotten to make room. */
  readonly maxPeers: number;
  /** How many procedures may run at a time. Default 256; a request beyond it is refused. */
  readonly maxRunningHandlers: number;
  /** How long a reply is remembered for duplicates of its request. Default 30,000. */
  readonly replayWindowMs: number;
  /** How many ended requests are remembered. Default 16,384; beyond it the oldest are forgotten. */
  readonly maxReplies: number;
  /** How many bytes of replies are remembered. Default 8 MiB; beyond it the oldest are let go. */
  readonly maxReplyBytes: number;
  /** How long `close` waits for procedures that still run. Default 1,000. */
  readonly closeGraceMs: number;
}

/** What `createEndpoint` takes. Everything is optional. */
export interface EndpointOptions<H extends Handlers = Handlers> extends Partial<Limits> {
  /**
   * The local IP address to bind to. Default: all addresses, IPv6 and IPv4 on one socket where the
   * machine has IPv6.
   */
  readonly host?: string;
  /** The local port, 0 to 65535. Default 0: any free one. */
  readonly port?: number;
  /** The procedures that peers can call: own properties, functions. Default none. */
  readonly handlers?: H;
  /** An XState inspection observer, told of every endpoint, socket, peer, call and handler actor. */
  readonly inspect?: InspectionObserver;
  /**
   * Hears of errors that have no caller: a procedure threw, a listener of yours threw. Default: a
   * Node.js process warning, once for each procedure.
   */
  readonly onError?: (error: unknown) => void;
  /** Carries the datagrams. Default UDP. */
  readonly transport?: Transport;
  /** Tells the time and sets timers. Default the system's monotonic clock. */
  readonly clock?: Clock;
  /** Makes transaction ids and jitter. Default the system's cryptographic generator. */
  readonly random?: Random;
  /** Looks up host names. Default the system's resolver. */
  readonly lookup?: Lookup;
}

type Bounds = readonly [standard: number, least: number, most: number];

const MANY = 2 ** 31 - 1;

const LIMITS: { readonly [Name in keyof Limits]: Bounds } = {
  timeoutMs: [5_000, 1, MAX_TIMER_DELAY_MS],
  attempts: [1, 1, 16],
  lingerMs: [10_000, 0, MAX_TIMER_DELAY_MS],
  maxLingering: [4_096, 0, MANY],
  window: [64, 1, MANY],
  mailbox: [256, 0, MANY],
  maxOutstanding: [65_536, 1, MANY],
  maxPeers: [10_000, 1, MANY],
  maxRunningHandlers: [256, 1, MANY],
  replayWindowMs: [30_000, 0, MAX_TIMER_DELAY_MS],
  maxReplies: [16_384, 0, MANY],
  maxReplyBytes: [8 * 1024 * 1024, 0, MANY],
  closeGraceMs: [1_000, 0, MAX_TIMER_DELAY_MS],
};

const OTHERS: readonly string[] = [
  'host',
  'port',
  'handlers',
  'inspect',
  'onError',
  'transport',
  'clock',
  'random',
  'lookup',
] satisfies (keyof Omit<EndpointOptions, keyof Limits>)[];

const CALL_OPTIONS: readonly string[] = [
  'timeoutMs',
  'attempts',
  'signal',
  'reference',
] satisfies (keyof CallOptions)[];

/**
 * The endpoint's limits: what was given, checked, and defaults for the rest.
 *
 * @throws OptionError naming the option, its value and its bounds.
 */
export function limitsOf(options: EndpointOptions): Limits {
  refuseUnknown(options, [...Object.keys(LIMITS), ...OTHERS], 'an endpoint');
  const limits: Record<string, number> = {};
  for (const name of Object.keys(LIMITS) as (keyof Limits)[]) {
    limits[name] = checked(name, options[name]);
  }
  return limits as unknown as Limits;
}

/**
 * A call's options, checked, with the endpoint's defaults.
 *
 * @throws OptionError naming the option, its value and its bounds.
 */
export function callOptions(
  options: CallOptions | undefined,
  limits: Limits,
): CallOptions & Pick<Limits, 'timeoutMs' | 'attempts'> {
  if (options === undefined) return limits;
  refuseUnknown(options, CALL_OPTIONS, 'a call');
  const { timeoutMs = limits.timeoutMs, attempts = limits.attempts, signal, reference } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionError('signal', 'must be an AbortSignal');
  }
  return {
    timeoutMs: checked('timeoutMs', timeoutMs),
    attempts: checked('attempts', attempts),
    ...(signal !== undefined && { signal }),
    reference,
  };
}

function checked(name: keyof Limits, value: unknown): number {
  const [standard, least, most] = LIMITS[name];
  if (value === undefined) return standard;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new OptionError(
    name,
    `must be an integer from ${String(least)} to ${String(most)}, but is ${shown(value)}`,
  );
}

function refuseUnknown(options: object, known: readonly string[], owner: string): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new OptionError(name, `is none of ${owner}'s: ${known.join(', ')}`);
    }
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'bigint' ? `${String(value)}n` : String(value);
}

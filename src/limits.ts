/** The limits of an endpoint: names, units, bounds and defaults, each in one place. */
import { MAX_TIMER_DELAY_MS } from './clock.js';
import { integer } from './option-table.js';
import type { OptionTable } from './option-table.js';
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

const MANY = 2 ** 31 - 1;

/** Every limit: its default and its bounds. */
export const LIMITS = {
  timeoutMs: integer(5_000, 1, MAX_TIMER_DELAY_MS),
  attempts: integer(undefined, 1, 16),
  lingerMs: integer(10_000, 0, MAX_TIMER_DELAY_MS),
  maxLingering: integer(4_096, 0, MANY),
  initialWindow: integer(4, 1, MANY),
  window: integer(64, 1, MANY),
  mailbox: integer(256, 0, MANY),
  maxOutstanding: integer(65_536, 1, MANY),
  maxPeers: integer(10_000, 1, MANY),
  maxRunningHandlers: integer(256, 1, MANY),
  maxRunningPerPeer: integer(32, 1, MANY),
  handlerTimeoutMs: integer(5_000, 1, MAX_TIMER_DELAY_MS),
  replayWindowMs: integer(30_000, 0, MAX_TIMER_DELAY_MS),
  maxReplies: integer(16_384, 0, MANY),
  maxReplyBytes: integer(8 * 1024 * 1024, 0, MANY),
  maxBundleBytes: integer(1_200, 0, MAX_DATAGRAM_BYTES),
  closeGraceMs: integer(1_000, 0, MAX_TIMER_DELAY_MS),
} satisfies OptionTable<Limits>;

/** Limits: the default and the bounds of each limit of an endpoint. */
import type { Limits } from '../api/limits.js';
import { integer } from '../option-table.js';
import type { OptionTable } from '../option-table.js';
import { MAX_TIMER_DELAY_MS } from '../time/clock.js';
import { MAX_DATAGRAM_BYTES } from '../wire/frame.js';

const MANY = 2 ** 31 - 1;

export const LIMITS = {
  timeoutMs: integer(5_000, 1, MAX_TIMER_DELAY_MS),
  attempts: integer(undefined, 1, 16),
  initialRtoMs: integer(1_000, 200, 8_000),
  lingerMs: integer(10_000, 0, MAX_TIMER_DELAY_MS),
  maxLingering: integer(4_096, 0, MANY),
  initialWindow: integer(4, 1, MANY),
  window: integer(64, 1, MANY),
  mailbox: integer(4_096, 0, MANY),
  mailboxBytes: integer(1024 * 1024, 0, MANY),
  maxOutstanding: integer(65_536, 1, MANY),
  notifyFlight: integer(1_024, 1, MANY),
  notifyFlightBytes: integer(65_536, 1, MANY),
  notifyWaiting: integer(64, 1, MANY),
  maxPeers: integer(10_000, 1, MANY),
  maxRunningHandlers: integer(256, 1, MANY),
  maxRunningPerPeer: integer(32, 1, MANY),
  maxHostSharePercent: integer(50, 1, 100),
  maxNetworkSharePercent: integer(75, 1, 100),
  handlerTimeoutMs: integer(5_000, 1, MAX_TIMER_DELAY_MS),
  replayWindowMs: integer(30_000, 0, MAX_TIMER_DELAY_MS),
  maxReplies: integer(16_384, 0, MANY),
  maxReplyBytes: integer(8 * 1024 * 1024, 0, MANY),
  maxBundleBytes: integer(1_200, 0, MAX_DATAGRAM_BYTES),
  closeGraceMs: integer(1_000, 0, MAX_TIMER_DELAY_MS),
} satisfies OptionTable<Limits>;

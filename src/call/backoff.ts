/** Back-off: when to send a request again. Exponential, with jitter (RFC 8085, section 3.1.3). */
import { MAX_RTO_MS } from './round-trip.js';
import type { Random } from '../random.js';

/** The first gap is multiplied by up to this factor, so that callers do not synchronise. */
const MAX_JITTER = 1.5;

/**
 * Gaps stop growing at this share of the time-out. So when a peer is out of reach for half of the
 * time-out, at least one transmission is made after that, with time left for its answer.
 */
const LONGEST_SHARE_OF_TIMEOUT = 1 / 4;

/** Whole milliseconds to the second transmission: the peer's RTO times 1 to 1.5, at most 8 s. */
export function firstGapMs(rtoMs: number, random: Random): number {
  return Math.min(Math.ceil(rtoMs * (1 + random.unit() * (MAX_JITTER - 1))), MAX_RTO_MS);
}

/**
 * Milliseconds to the transmission after the next one: twice the previous gap, up to a quarter of
 * the call's time-out. Never less than the RTO or the previous gap, and at most 8 s.
 */
export function nextGapMs(gapMs: number, rtoMs: number, timeoutMs: number): number {
  const longestMs = Math.max(gapMs, rtoMs, timeoutMs * LONGEST_SHARE_OF_TIMEOUT);
  return Math.min(Math.max(2 * gapMs, rtoMs), longestMs, MAX_RTO_MS);
}

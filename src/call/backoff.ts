/** When to send a request again: exponential back-off with jitter (RFC 8085, section 3.1.3). */
import { MAX_RTO_MS } from './round-trip.js';
import type { Random } from '../random.js';

/** The first gap is stretched by up to this factor, so that callers do not fall into step. */
const MAX_JITTER = 1.5;

/** Whole milliseconds from the first transmission to the second: the peer's RTO, times 1 to 1.5; 8 s at most. */
export function firstGapMs(rtoMs: number, random: Random): number {
  return Math.min(Math.ceil(rtoMs * (1 + random.unit() * (MAX_JITTER - 1))), MAX_RTO_MS);
}

/** Milliseconds to the transmission after the next: twice the gap before it, and never under the RTO; 8 s at most. */
export function nextGapMs(gapMs: number, rtoMs: number): number {
  return Math.min(Math.max(2 * gapMs, rtoMs), MAX_RTO_MS);
}

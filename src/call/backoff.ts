/** When to send a request again: exponential back-off with jitter (RFC 8085, section 3.1.3). */
import type { Random } from '../random.js';

/** RFC 8085, section 3.1.1: without knowledge of the path, wait a second. */
const INITIAL_DELAY_MS = 1_000;
const MAX_DELAY_MS = 8_000;
/** Each delay is stretched by up to this factor, so that callers do not fall into step. */
const MAX_JITTER = 1.5;

/**
 * Milliseconds to wait after transmission number `attempt` (from 1) before the next: 1 s, doubling
 * up to 8 s, times a random factor between 1 and 1.5.
 */
export function backoffMs(attempt: number, random: Random): number {
  const delayMs = Math.min(INITIAL_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  return delayMs * (1 + random.unit() * (MAX_JITTER - 1));
}

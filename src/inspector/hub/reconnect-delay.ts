/** How long a feed waits before it looks for its inspector again. */
import type { Random } from '../../random.js';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

/**
 * After the first failure in a row 250 ms, twice as long after each that follows, up to 10 s; and of that between a half and
 * all, so that many feeds do not come at once.
 */
export function reconnectDelayMs(failuresInARow: number, random: Random): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (failuresInARow - 1), MAX_DELAY_MS);
  return delayMs * (0.5 + 0.5 * random.unit());
}

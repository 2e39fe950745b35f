/** How long a feed waits before it tries to reach its inspector again. */
import type { Random } from '../../random.js';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

/**
 * The delay is 250 ms after the first failure in a row, and doubles with each further failure, up
 * to 10 s. A random factor from 0.5 to 1 keeps many feeds from coming back at the same time.
 */
export function reconnectDelayMs(failuresInARow: number, random: Random): number {
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (failuresInARow - 1), MAX_DELAY_MS);
  return delayMs * (0.5 + 0.5 * random.unit());
}

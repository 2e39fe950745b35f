/**
 * Queueing delay: how much longer a round trip took than the fastest of late. What is on its way
 * waits in a queue then, and more of it would only wait longer (LEDBAT, RFC 6817).
 */

/** Below this more may be on its way. RFC 6817 allows up to 100 ms in all (section 2.5). */
export const LOW_QUEUEING_DELAY_MS = 50;
/** Above this less may be. */
export const HIGH_QUEUEING_DELAY_MS = 100;

/** How long the fastest is remembered, at least. A path may become longer for good. */
const REMEMBERED_MS = 60_000;

export class QueueingDelay {
  /** The fastest of this minute and of the one before, so that it is never without one. */
  #fastestMs = Infinity;
  #fastestBeforeMs = Infinity;
  #sinceMs = -Infinity;

  /** Takes in a round trip, and gives its part that was spent in queues, in milliseconds. */
  of(roundTripMs: number, nowMs: number): number {
    if (nowMs - this.#sinceMs >= REMEMBERED_MS) {
      this.#fastestBeforeMs = this.#fastestMs;
      this.#fastestMs = Infinity;
      this.#sinceMs = nowMs;
    }
    this.#fastestMs = Math.min(this.#fastestMs, roundTripMs);
    return roundTripMs - Math.min(this.#fastestMs, this.#fastestBeforeMs);
  }
}

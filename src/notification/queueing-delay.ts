/**
 * Queueing delay: how much longer a round trip took than the fastest of late. What is on its way
 * waits in a queue then, and more of it would only wait longer (LEDBAT, RFC 6817).
 */

/** Below this more may be on its way. RFC 6817 allows up to 100 ms in all (section 2.5). */
export const LOW_QUEUEING_DELAY_MS = 50;
/** Above this less may be. */
export const HIGH_QUEUEING_DELAY_MS = 100;

/** How many minutes the fastest round trip is remembered (RFC 6817, section 3.4.1). */
const MINUTES = 10;
const MINUTE_MS = 60_000;

export class QueueingDelay {
  /** The fastest of each minute, the present one last. At most MINUTES. */
  #fastestMs: number[] = [];
  #minute = -Infinity;

  /** Takes in a round trip, and gives its part that was spent in queues, in milliseconds. */
  of(roundTripMs: number, nowMs: number): number {
    const minute = Math.floor(nowMs / MINUTE_MS);
    const isNewMinute = minute > this.#minute;
    if (minute - this.#minute >= MINUTES) this.#fastestMs = [];
    else if (isNewMinute) this.#pass(minute - this.#minute);
    if (isNewMinute) this.#fastestMs.push(roundTripMs);
    this.#minute = minute;
    const last = this.#fastestMs.length - 1;
    this.#fastestMs[last] = Math.min(this.#fastestMs[last] ?? Infinity, roundTripMs);
    return roundTripMs - Math.min(...this.#fastestMs);
  }

  /** Forgets what was before so many minutes, less the present one, which is not yet there. */
  #pass(minutes: number): void {
    for (let passed = 1; passed < minutes; passed += 1) this.#fastestMs.push(Infinity);
    const tooMany = this.#fastestMs.length - (MINUTES - 1);
    if (tooMany > 0) this.#fastestMs.splice(0, tooMany);
  }

  /** The path may have become longer. The next round trip is the fastest that is known. */
  restart(): void {
    this.#fastestMs = [];
    this.#minute = -Infinity;
  }
}

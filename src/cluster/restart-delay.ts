/** How long a worker that died stays dead: one that dies at once must not be forked without end. */

/** A worker that has lived so long has shown that it can. */
const HEALTHY_AFTER_MS = 10_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

/**
 * The delays of one slot: 100 ms after a life of 10 s or more; twice the one before after a shorter life, up to 10 s.
 * So a worker that always dies at once is forked eight times in its first 13 s, and then every 10 s.
 */
export class RestartDelay {
  #shortLives = 0;

  /** How long to wait after a life of so many milliseconds. */
  afterLifeOf(livedMs: number): number {
    if (livedMs >= HEALTHY_AFTER_MS) this.#shortLives = 0;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.#shortLives, MAX_DELAY_MS);
    this.#shortLives += 1;
    return delayMs;
  }
}

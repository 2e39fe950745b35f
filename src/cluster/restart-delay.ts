/**
 * Restart delay: how long to wait before a dead worker is replaced, so that a worker that always
 * dies at once is not forked without pause.
 */

/** A worker that lived this long counts as healthy. */
const HEALTHY_AFTER_MS = 10_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

/**
 * The delays of one slot: 100 ms after a life of 10 s or more. After a shorter life, the delay is
 * twice the previous one, up to 10 s. So a worker that always dies at once is forked eight times in
 * the first 13 s, and then every 10 s.
 */
export class RestartDelay {
  #shortLives = 0;

  /** How long to wait after a worker that lived for `livedMs`, in milliseconds. */
  afterLifeOf(livedMs: number): number {
    if (livedMs >= HEALTHY_AFTER_MS) this.#shortLives = 0;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** this.#shortLives, MAX_DELAY_MS);
    this.#shortLives += 1;
    return delayMs;
  }
}

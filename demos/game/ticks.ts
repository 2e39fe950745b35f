/**
 * Ticks: runs something again and again, so many milliseconds after the first time, and not after
 * the last. So it does not become slower, and those that began at different times stay apart. What
 * a busy process misses is left out.
 */
export class Ticks {
  readonly #periodMs: number;
  readonly #run: () => void;
  #dueMs = performance.now();
  #timer: NodeJS.Timeout;

  constructor(periodMs: number, run: () => void) {
    this.#periodMs = periodMs;
    this.#run = run;
    this.#timer = this.#next();
  }

  #next(): NodeJS.Timeout {
    const nowMs = performance.now();
    const missed = Math.max(0, Math.floor((nowMs - this.#dueMs) / this.#periodMs));
    this.#dueMs += (missed + 1) * this.#periodMs;
    return setTimeout(() => {
      this.#timer = this.#next();
      this.#run();
    }, this.#dueMs - nowMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

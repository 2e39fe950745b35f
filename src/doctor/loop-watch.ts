/**
 * Loop watch: how long the event loop of this process stood still, and whether the time of day
 * jumped. What a process that stands still did not hear, others may have said.
 */
import type { Clock } from '../time/clock.js';

/** How often it looks. */
const TICK_MS = 50;

/** What was seen since the start, in milliseconds. */
export interface LoopReport {
  readonly tookMs: number;
  readonly longestStallMs: number;
  /** How far the time of day moved beside the monotonic clock; negative if it was set back. */
  readonly clockJumpMs: number;
}

export class LoopWatch {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #startWallMs: number;
  #tickDueMs: number;
  #longestStallMs = 0;
  #timer: unknown;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.nowMs();
    this.#startWallMs = clock.wallMs();
    this.#tickDueMs = this.#startMs;
    this.#next();
  }

  stop(): LoopReport {
    this.#clock.clearTimeout(this.#timer);
    this.#look();
    const tookMs = this.#clock.nowMs() - this.#startMs;
    return {
      tookMs,
      longestStallMs: this.#longestStallMs,
      clockJumpMs: this.#clock.wallMs() - this.#startWallMs - tookMs,
    };
  }

  #next(): void {
    this.#tickDueMs = this.#clock.nowMs() + TICK_MS;
    this.#timer = this.#clock.setTimeout(() => {
      this.#look();
      this.#next();
    }, TICK_MS);
  }

  #look(): void {
    this.#longestStallMs = Math.max(this.#longestStallMs, this.#clock.nowMs() - this.#tickDueMs);
  }
}

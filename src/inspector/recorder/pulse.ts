import type { Clock } from '../../time/clock.js';
import { release } from '../../time/hold.js';

/**
 * Pulse: calls `beat` one period after something happened, and again after each period in which
 * something happened. It rests after a period in which nothing happened; without that, a simulated
 * clock would never run out of timers. It does not keep the process alive.
 */
export class Pulse {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #beat: (lateMs: number) => void;
  #timer: unknown;
  #stirred = false;
  #stopped = false;

  #dueMs = 0;

  /** @param beat gets by how much it comes too late: then the process is busy */
  constructor(clock: Clock, periodMs: number, beat: (lateMs: number) => void) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#beat = beat;
  }

  /** Says that something happened. This is cheap while the pulse is beating. */
  stir(): void {
    this.#stirred = true;
    if (this.#timer === undefined) this.#arm();
  }

  /** Ends the pulse. */
  stop(): void {
    this.#stopped = true;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#dueMs = this.#clock.nowMs() + this.#periodMs;
    this.#timer = this.#clock.setTimeout(this.#ring, this.#periodMs);
    release(this.#timer);
  }

  readonly #ring = (): void => {
    this.#timer = undefined;
    const goesOn = this.#stirred;
    this.#stirred = false;
    this.#beat(Math.max(0, this.#clock.nowMs() - this.#dueMs));
    if (goesOn && this.#timer === undefined) this.#arm();
  };
}

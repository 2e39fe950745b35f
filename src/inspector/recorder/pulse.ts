/** A pulse: beats now and then, as long as something happens. */
import type { Clock } from '../../time/clock.js';

/**
 * Calls `beat` one period after something happened, and so on until a period went by in which nothing did. Without that rest
 * a simulated clock would never run out of timers. It keeps no process alive.
 */
export class Pulse {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #beat: () => void;
  #timer: unknown;
  #stirred = false;
  #stopped = false;

  constructor(clock: Clock, periodMs: number, beat: () => void) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#beat = beat;
  }

  /** Something happened. Costs next to nothing while it beats. */
  stir(): void {
    this.#stirred = true;
    if (this.#timer === undefined) this.#arm();
  }

  /** It does not beat any more. */
  stop(): void {
    this.#stopped = true;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = this.#clock.setTimeout(this.#ring, this.#periodMs);
    letProcessEnd(this.#timer);
  }

  readonly #ring = (): void => {
    this.#timer = undefined;
    const goesOn = this.#stirred;
    this.#stirred = false;
    this.#beat();
    if (goesOn && this.#timer === undefined) this.#arm();
  };
}

function letProcessEnd(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    (timer as NodeJS.Timeout).unref();
  }
}

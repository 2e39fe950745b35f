/** Moment: a point in time by both clocks, to notice that the machine was suspended in between. */
import type { Clock } from './clock.js';

/** While a machine is suspended, only the time of day goes on. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly atMs: number;
  /** The time of day in milliseconds. */
  readonly wallMs: number;
}

/** The time of day at another time shortly after the moment. */
export function wallMsAt(moment: Moment, atMs: number): number {
  return moment.wallMs + (atMs - moment.atMs);
}

/** For so long a moment stands for the later ones. To read a clock costs a hundredth of a call. */
const SHARED_FOR_MS = 10;

/** The latest moment, which is shared by all that happens within 10 ms. */
export class Moments {
  readonly #clock: Clock;
  #latest: Moment = { atMs: -Infinity, wallMs: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A moment at most 10 ms before `nowMs`, which must be a reading of the clock just now. */
  near(nowMs: number): Moment {
    if (nowMs - this.#latest.atMs >= SHARED_FOR_MS) {
      this.#latest = { atMs: nowMs, wallMs: this.#clock.wallMs() };
    }
    return this.#latest;
  }
}

/** Simulated clock: a clock for tests that moves only when it is told to. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { MAX_TIMER_DELAY_MS, systemClock, type Clock } from '../time/clock.js';
import { DeadlineHeap, type HeapEntry } from '../time/deadline-heap.js';

/** More steps than any normal simulation takes. One that needs more probably never ends. */
const MAX_STEPS = 1_000_000;

/** The most timers that may run before the simulation counts as endless. Default 1,000,000. */
export interface StepLimit {
  readonly maxSteps?: number | undefined;
}

interface Timer extends HeapEntry {
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is stepped from one deadline to the next. So a time-out of 30
 * s takes microseconds, and a program runs in the same order every time. It starts at 0, and its
 * time of day agrees until `jumpWall` is called.
 *
 * After each timer, one turn of the real event loop lets all promises continue that can.
 */
export class SimulatedClock implements Clock {
  static {
    shareAmongCopies('SimulatedClock', this);
  }

  readonly #timers = new DeadlineHeap<Timer>();
  #nowMs = 0;
  /** How far the time of day is ahead of the monotonic time. */
  #wallAheadMs = 0;
  /** The number of turns so far, and the time when the last one began. */
  #turns = 0;
  #turnAtMs = 0;
  #polls = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallAheadMs;
  }

  /**
   * Moves the time of day alone: forward by `ms` milliseconds, as while a machine is suspended, or
   * back if `ms` is negative, as when its clock is set.
   */
  jumpWall(ms: number): void {
    this.#wallAheadMs += ms;
  }

  /** All that happens at the same time belongs to one turn, and so does a `stall`. */
  turnNumber(): number {
    return this.#turns;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer: Timer = { heapIndex: -1, callback };
    this.#timers.set(timer, this.#nowMs + Math.min(Math.max(delayMs, 0), MAX_TIMER_DELAY_MS));
    return timer;
  }

  clearTimeout(handle: unknown): void {
    if (handle !== undefined) this.#timers.delete(handle as Timer);
  }

  /** Runs `callback` after the timers that are due now: they deliver what a poll would find. */
  afterPoll(callback: () => void): void {
    this.#polls += 1;
    this.setTimeout(() => {
      this.#polls -= 1;
      callback();
    }, 0);
  }

  /**
   * The number of timers that are set; 0 once everything is closed. The timers of `afterPoll` are
   * not counted, because they end by themselves.
   */
  get pendingTimers(): number {
    return this.#timers.size - this.#polls;
  }

  /**
   * Goes to the next deadline and runs the timer that is due first. Timers with the same deadline
   * run in the order in which they were set. Resolves with false if there is no timer. Rejects with
   * the error that the timer threw.
   */
  async step(): Promise<boolean> {
    const timer = this.#timers.first;
    if (timer === undefined) return false;
    this.#moveTo(this.#timers.firstDueMs);
    this.#timers.delete(timer);
    timer.callback();
    await settle();
    return true;
  }

  /**
   * Runs all timers that are due within `ms` milliseconds. Then the time is exactly that much
   * later, or even later if a timer called `stall`. Rejects if more than `maxSteps` timers are due.
   */
  async advance(ms: number, { maxSteps = MAX_STEPS }: StepLimit = {}): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let steps = 0; this.#timers.firstDueMs <= untilMs; steps++) {
      if (steps === maxSteps) throw this.#endless(steps);
      await this.step();
    }
    this.#moveTo(untilMs);
  }

  #moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms);
    if (this.#nowMs === this.#turnAtMs) return;
    this.#turnAtMs = this.#nowMs;
    this.#turns += 1;
  }

  /**
   * Simulates an event loop that is blocked for `ms` milliseconds: time passes and no timer runs,
   * so timers are late afterwards.
   */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  /**
   * Steps until the promise settles, and gives its result. Rejects if no timer is left to run, or
   * if the promise has not settled after `maxSteps` timers.
   */
  async runUntil<Value>(
    promise: PromiseLike<Value>,
    { maxSteps = MAX_STEPS }: StepLimit = {},
  ): Promise<Value> {
    const seen = { settled: false };
    const markSettled = () => {
      seen.settled = true;
    };
    promise.then(markSettled, markSettled);
    await settle();
    for (let steps = 0; !seen.settled; steps++) {
      if (steps === maxSteps) throw this.#endless(steps);
      if (!(await this.step())) {
        throw new Error(
          `Nothing is left to run at ${this.#nowMs} ms, but the promise has not settled`,
        );
      }
    }
    return promise;
  }

  #endless(steps: number): Error {
    return new Error(`The limit of ${steps} timers (maxSteps) was reached at ${this.#nowMs} ms`);
  }
}

/** One turn of the event loop runs all microtasks, however long their chains are. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.afterPoll(resolve);
  });
}

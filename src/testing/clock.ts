import { MAX_TIMER_DELAY_MS, systemClock, type Clock } from '../time/clock.js';
import { DeadlineHeap, type HeapEntry } from '../time/deadline-heap.js';

/** More steps than any simulation takes; what needs more never ends. */
const MAX_STEPS = 1_000_000;

/** How many timers may run before it counts as endless. Default a million. */
export interface StepLimit {
  readonly maxSteps?: number;
}

interface Timer extends HeapEntry {
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is stepped, from one deadline to the next: a time-out of 30 s
 * takes microseconds, and the same program runs in the same order every time. It starts at 0.
 *
 * After each timer one turn of the real event loop lets every promise that can go on do so.
 */
export class SimulatedClock implements Clock {
  readonly #timers = new DeadlineHeap<Timer>();
  #nowMs = 0;
  /** How many turns there were, and when the last of them began. */
  #turns = 0;
  #turnAtMs = 0;
  #polls = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  /** All that happens at one time is one turn, and so is what a timer does while it stalls. */
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

  /** Runs after every timer that is due by now: what they deliver is what a poll would find. */
  afterPoll(callback: () => void): void {
    this.#polls += 1;
    this.setTimeout(() => {
      this.#polls -= 1;
      callback();
    }, 0);
  }

  /** How many timers are set, those of `afterPoll` apart, which end by themselves; 0 once everything is closed. */
  get pendingTimers(): number {
    return this.#timers.size - this.#polls;
  }

  /**
   * Goes to the next deadline and runs the one timer that is due first; equal ones run in the order
   * they were set. Resolves with false when there is none. Rejects with what the timer threw.
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
   * Runs everything that falls due within `ms`, then stands at exactly that much later; later still
   * after a stall that a timer made. Rejects after `maxSteps` timers.
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

  /** The event loop stands still for `ms`: time passes and nothing runs, which then is late. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  /**
   * Steps until the promise settles, and settles like it. Rejects when no timer is left to run, or
   * after `maxSteps` timers.
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
          `Nothing is left to run at ${this.#nowMs} ms, and the promise has not settled`,
        );
      }
    }
    return promise;
  }

  #endless(steps: number): Error {
    return new Error(`${steps} timers have run, until ${this.#nowMs} ms, and there is no end`);
  }
}

/** A turn of the event loop drains all microtasks, however long their chains are. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.afterPoll(resolve);
  });
}

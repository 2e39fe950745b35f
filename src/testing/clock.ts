import { systemClock, type Clock } from '../clock.js';

/** More steps than any simulation takes; what needs more never ends. */
const MAX_STEPS = 1_000_000;

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is stepped, from one deadline to the next: a time-out of 30 s
 * takes microseconds, and the same program runs in the same order every time. It starts at 0.
 *
 * After each timer one turn of the real event loop lets every promise that can go on do so.
 */
export class SimulatedClock implements Clock {
  /** The latest first, so that the next one is taken from the end. */
  readonly #timers: Timer[] = [];
  #nowMs = 0;
  #nextOrder = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const dueMs = this.#nowMs + Math.max(delayMs, 0);
    const timer = { dueMs, order: this.#nextOrder++, callback };
    this.#timers.splice(this.#indexOf(timer), 0, timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    if (handle === undefined) return;
    const timer = handle as Timer;
    const index = this.#indexOf(timer);
    if (this.#timers[index] === timer) this.#timers.splice(index, 1);
  }

  /** Runs after every timer that is due by now: what they deliver is what a poll would find. */
  afterPoll(callback: () => void): void {
    this.setTimeout(callback, 0);
  }

  /** How many timers are set; 0 once everything is closed. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /**
   * Goes to the next deadline and runs the one timer that is due first; equal ones run in the order
   * they were set. Resolves with false when there is none. Rejects with what the timer threw.
   */
  async step(): Promise<boolean> {
    const timer = this.#timers.pop();
    if (timer === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.callback();
    await settle();
    return true;
  }

  /** Runs everything that falls due within `ms`, then stands at exactly that much later. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let steps = 0; (this.#timers.at(-1)?.dueMs ?? Infinity) <= untilMs; steps++) {
      this.#checkSteps(steps);
      await this.step();
    }
    this.#nowMs = untilMs;
  }

  /** The event loop stands still for `ms`: time passes and nothing runs, which then is late. */
  stall(ms: number): void {
    this.#nowMs += ms;
  }

  /**
   * Steps until the promise settles, and settles like it. Rejects when no timer is left to run, or
   * after a million steps.
   */
  async runUntil<Value>(promise: PromiseLike<Value>): Promise<Value> {
    let settled = false;
    const markSettled = () => {
      settled = true;
    };
    promise.then(markSettled, markSettled);
    await settle();
    for (let steps = 0; !settled; steps++) {
      this.#checkSteps(steps);
      if (!(await this.step())) {
        throw new Error(
          `Nothing is left to run at ${this.#nowMs} ms, and the promise has not settled`,
        );
      }
    }
    return promise;
  }

  #checkSteps(steps: number): void {
    if (steps < MAX_STEPS) return;
    throw new Error(`${MAX_STEPS} timers have run, until ${this.#nowMs} ms, and there is no end`);
  }

  /** Where the timer is, or belongs. */
  #indexOf(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLater(this.#timers[middle] as Timer, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isLater(timer: Timer, than: Timer): boolean {
  return timer.dueMs > than.dueMs || (timer.dueMs === than.dueMs && timer.order > than.order);
}

/** A turn of the event loop drains all microtasks, however long their chains are. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    systemClock.afterPoll(resolve);
  });
}

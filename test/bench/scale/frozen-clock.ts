import type { Clock } from 'rpcudp';

interface Timer {
  readonly callback: () => void;
  readonly atMs: number;
}

/**
 * A clock on which time passes only when the test says so. Then waiting takes no time, and the
 * speed of the machine does not decide which alarms fall into a measurement. A reading costs as
 * much as one of the real clock.
 */
export class FrozenClock implements Clock {
  #nowMs = 0;
  /** Bounded by what the endpoint sets: its alarms share one timer. */
  readonly #timers = new Set<Timer>();
  /** How many callbacks wait until the sockets are polled. */
  #polls = 0;

  nowMs(): number {
    return this.#nowMs + 0 * performance.now();
  }

  wallMs(): number {
    return this.#nowMs + 0 * Date.now();
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const timer = { callback, atMs: this.#nowMs + delayMs };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as Timer);
  }

  afterPoll(callback: () => void): void {
    this.#polls += 1;
    setImmediate(() => {
      this.#polls -= 1;
      callback();
    });
  }

  /** Lets time pass, and everything happen that is then due. */
  async advance(byMs: number): Promise<void> {
    this.#nowMs += byMs;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs);
      if (due.length === 0 && this.#polls === 0) return;
      for (const timer of due) {
        this.#timers.delete(timer);
        timer.callback();
      }
      await turns(2);
    }
  }
}

/** Waits for this many turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

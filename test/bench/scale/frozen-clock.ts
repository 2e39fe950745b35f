import type { Clock } from 'rpcudp';

interface Timer {
  readonly callback: () => void;
  readonly atMs: number;
}

/**
 * Time passes only when it is told to: what is waited for costs no waiting, and how fast the machine is does
 * not decide which alarms fall into a measurement. Reading it costs what reading the real clock costs.
 */
export class FrozenClock implements Clock {
  #nowMs = 0;
  /** Bounded by what the endpoint sets: its alarms share one. */
  readonly #timers = new Set<Timer>();
  /** How many callbacks wait for the sockets to be polled. */
  #polls = 0;

  nowMs(): number {
    return this.#nowMs + 0 * performance.now();
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

  /** Lets time pass, and all that is due happen. */
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

/** Lets the event loop turn so often. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

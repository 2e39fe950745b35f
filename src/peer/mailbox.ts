/** A peer's mailbox: calls that wait for room in the window, first come, first served. */
import type { Call } from '../call/call.js';

export class Mailbox {
  readonly #maxCalls: number;
  /** Bounded by `maxCalls`. A set keeps the order, and lets a call that gave up leave the middle. */
  readonly #calls = new Set<Call>();

  constructor(maxCalls: number) {
    this.#maxCalls = maxCalls;
  }

  get size(): number {
    return this.#calls.size;
  }

  get full(): boolean {
    return this.#calls.size >= this.#maxCalls;
  }

  add(call: Call): void {
    this.#calls.add(call);
  }

  delete(call: Call): boolean {
    return this.#calls.delete(call);
  }

  /** Takes the call that has waited longest. */
  take(): Call | undefined {
    const [first] = this.#calls;
    if (first !== undefined) this.#calls.delete(first);
    return first;
  }

  all(): Call[] {
    return [...this.#calls];
  }
}

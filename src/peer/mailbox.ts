/** A peer's mailbox: calls that wait for room in the window, first come, first served. */
import type { Call } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';

export class Mailbox extends LinkedList<Call> {
  readonly #maxCalls: number;

  constructor(maxCalls: number) {
    super();
    this.#maxCalls = maxCalls;
  }

  get full(): boolean {
    return this.size >= this.#maxCalls;
  }
}

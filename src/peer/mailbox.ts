/** A peer's mailbox: calls that wait for room in the window, first come, first served. */
import type { CallActor } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';

export class Mailbox extends LinkedList<CallActor> {
  readonly #maxCalls: number;

  constructor(maxCalls: number) {
    super();
    this.#maxCalls = maxCalls;
  }

  get full(): boolean {
    return this.size >= this.#maxCalls;
  }
}

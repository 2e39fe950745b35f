/** Mailbox: the calls that wait for room in a peer's window, first in, first out. */
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

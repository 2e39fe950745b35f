/**
 * A peer's outbox: its calls, from the mailbox through the window to their outcome. A call waits in the
 * mailbox until the window has room; it leaves the window with its answer, or when that is overdue, or
 * when the peer says that it is at work.
 */
import type { CallActor } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';
import { MailboxFullError } from '../errors.js';
import type { Clock } from '../time/clock.js';
import { Mailbox } from './mailbox.js';
import type { Window } from './window.js';

export class Outbox {
  readonly #clock: Clock;
  readonly #window: Window;
  readonly #mailbox: Mailbox;
  /** Calls that wait for an answer and need no place in the window. Bounded by `maxOutstanding`. */
  readonly #released = new LinkedList<CallActor>();
  /** Closed as long as nobody knows where to send. */
  #open: boolean;
  #draining = false;

  constructor(clock: Clock, window: Window, maxQueued: number, open: boolean) {
    this.#clock = clock;
    this.#window = window;
    this.#mailbox = new Mailbox(maxQueued);
    this.#open = open;
  }

  /** Calls that wait for the window. */
  get queued(): number {
    return this.#mailbox.size;
  }

  /** Calls that were sent and have no outcome yet. */
  get inFlight(): number {
    return this.#window.size + this.#released.size;
  }

  /** Sends the call if the window has room and nobody waits, else lets it wait, if there is room for that. */
  put(call: CallActor): void {
    const first = this.#mailbox.size === 0 && !this.#draining;
    if (first && this.#hasRoom()) {
      this.#window.push(call);
      call.launch(call.context.calledAtMs);
    } else if (this.#mailbox.full) {
      const error = new MailboxFullError(call.peer.address, this.queued, this.inFlight);
      call.receive({ type: 'refused', error }, call.peer.ref);
    } else {
      call.queued();
      this.#mailbox.push(call);
    }
  }

  /** It is known where to send: the calls that waited for that go out. */
  open(): void {
    this.#open = true;
    this.drain();
  }

  /** Lets calls out of the mailbox as long as the window has room. */
  drain(): void {
    // A send that fails at once settles its call in the midst of this, and the loop goes on anyway.
    if (this.#draining || this.#mailbox.size === 0) return;
    this.#draining = true;
    while (this.#hasRoom()) {
      const next = this.#mailbox.shift();
      if (next === undefined) break;
      this.#window.push(next);
      next.launch(this.#clock.nowMs());
    }
    this.#draining = false;
  }

  /** The call gives its place in the window up: its answer is overdue, or its peer at work on it. */
  release(call: CallActor): void {
    if (this.#window.delete(call)) this.#released.push(call);
  }

  /** Takes out a call that has its outcome. */
  remove(call: CallActor): void {
    if (this.#window.delete(call) || this.#released.delete(call)) return;
    this.#mailbox.delete(call);
  }

  /** The call that has waited longest, which waits here no more. */
  takeQueued(): CallActor | undefined {
    return this.#mailbox.shift();
  }

  /** The calls that wait for the window, the longest-waiting first. */
  queuedCalls(): CallActor[] {
    return this.#mailbox.toArray();
  }

  /** Every call without an outcome. */
  calls(): CallActor[] {
    // The mailbox first: else each cancelled call in flight would send out one that waits.
    return [this.#mailbox, this.#released, this.#window].flatMap((list) => list.toArray());
  }

  #hasRoom(): boolean {
    return this.#open && !this.#window.full;
  }
}

/**
 * A peer's outbox: its calls, from the mailbox through the window to their outcome. A call waits in the
 * mailbox until the window has room; it leaves the window with its answer, or when that is overdue, or
 * when the peer says that it is at work.
 */
import type { Call } from '../call/call.js';
import type { Environment } from '../endpoint/environment.js';
import { MailboxFullError, TooManyCallsError } from '../errors.js';
import { LinkedList } from '../call/linked-list.js';
import { Mailbox } from './mailbox.js';
import type { Window } from './window.js';

export class Outbox {
  readonly #environment: Environment;
  readonly #window: Window;
  readonly #mailbox: Mailbox;
  /** Calls that wait for an answer and need no place in the window. Bounded by `maxOutstanding`. */
  readonly #released = new LinkedList<Call>();
  /** Closed as long as nobody knows where to send. */
  #open: boolean;
  #draining = false;

  constructor(environment: Environment, window: Window, open: boolean) {
    this.#environment = environment;
    this.#window = window;
    this.#mailbox = new Mailbox(environment.limits.mailbox);
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
  put(call: Call): void {
    const first = this.#mailbox.size === 0 && !this.#draining;
    if (first && this.#hasRoom()) this.#launch(call, call.context.calledAtMs);
    else if (this.#mailbox.full) {
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
    if (this.#draining) return;
    this.#draining = true;
    while (this.#hasRoom()) {
      const next = this.#mailbox.shift();
      if (next === undefined) break;
      this.#launch(next, this.#environment.clock.nowMs());
    }
    this.#draining = false;
  }

  /** The call gives its place in the window up: its answer is overdue, or its peer at work on it. */
  release(call: Call): void {
    if (this.#window.delete(call)) this.#released.push(call);
  }

  /** Takes out a call that has its outcome; says whether it had been sent. */
  remove(call: Call): boolean {
    const wasSent = this.#window.delete(call) || this.#released.delete(call);
    if (wasSent) this.#environment.outstanding.settle();
    else this.#mailbox.delete(call);
    return wasSent;
  }

  /** The call that has waited longest, which waits here no more. */
  takeQueued(): Call | undefined {
    return this.#mailbox.shift();
  }

  /** The calls that wait for the window, the longest-waiting first. */
  queuedCalls(): Call[] {
    return this.#mailbox.toArray();
  }

  /** Every call without an outcome. */
  calls(): Call[] {
    // The mailbox first: else each cancelled call in flight would send out one that waits.
    return [this.#mailbox, this.#released, this.#window].flatMap((list) => list.toArray());
  }

  #hasRoom(): boolean {
    return this.#open && !this.#window.full;
  }

  #launch(call: Call, nowMs: number): void {
    const { ids, limits, outstanding } = this.#environment;
    if (outstanding.inFlight >= limits.maxOutstanding) {
      call.receive({ type: 'refused', error: new TooManyCallsError(limits.maxOutstanding) });
      return;
    }
    this.#window.push(call);
    outstanding.add(call);
    call.transmitted(nowMs);
    // Whoever saw that may have cancelled the call.
    if (call.done) return;
    call.peer.transmit(call);
    call.awaitAnswer(nowMs);
    ids.drawAhead();
  }
}

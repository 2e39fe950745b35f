/**
 * Outbox: the calls to a peer, from the mailbox through the window to their outcome. A call waits
 * in the mailbox until the window has room. It leaves the window when its answer arrives or is
 * overdue, or when the peer reports that it is working on the call.
 */
import type { CallActor } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';
import { MailboxFullError } from '../errors.js';
import type { Clock } from '../time/clock.js';
import { Mailbox } from './mailbox.js';
import type { MailboxLimits } from './mailbox.js';
import type { Window } from './window.js';

export class Outbox {
  readonly #clock: Clock;
  readonly #window: Window;
  readonly #mailbox: Mailbox;
  /** The calls in flight without a place in the window. Bounded by `maxOutstanding`. */
  readonly #released = new LinkedList<CallActor>();
  /** False while the peer's address is not known. */
  #open: boolean;
  #draining = false;
  /** Those who wait until a call would not wait. Bounded by the user's `ready` calls. */
  #paced: (() => void)[] = [];

  constructor(clock: Clock, window: Window, limits: MailboxLimits, open: boolean) {
    this.#clock = clock;
    this.#window = window;
    this.#mailbox = new Mailbox(limits);
    this.#open = open;
  }

  get queued(): number {
    return this.#mailbox.size;
  }

  get inFlight(): number {
    return this.#window.size + this.#released.size;
  }

  /** How many more calls would not be refused. */
  get room(): number {
    return Math.max(this.#window.limit - this.#window.size, 0) + this.#mailbox.room;
  }

  /** Resolves when a call would be sent at once. While the address is not known: when none waits. */
  async ready(): Promise<void> {
    if (this.#isReady) return;
    await new Promise<void>((resolve) => this.#paced.push(resolve));
  }

  get #isReady(): boolean {
    return this.#mailbox.size === 0 && !(this.#open && this.#window.full);
  }

  /**
   * Sends the call if the window has room and no other call waits. Otherwise the call waits in the
   * mailbox, or is refused if the mailbox is full. A call that has waited elsewhere may be past its
   * deadline.
   */
  put(call: CallActor, nowMs: number): void {
    const first = this.#mailbox.size === 0 && !this.#draining;
    if (call.deadlineMs <= nowMs) {
      call.ring(nowMs);
    } else if (first && this.#hasRoom()) {
      this.#window.push(call);
      call.launch(nowMs);
    } else {
      this.#enqueue(call);
    }
  }

  #enqueue(call: CallActor): void {
    const full = this.#mailbox.refusal(call);
    if (full === undefined) {
      call.queued();
      this.#mailbox.push(call);
      return;
    }
    const error = new MailboxFullError(call.peer.address, full, this);
    call.receive({ type: 'refused', error }, call.peer.ref);
  }

  open(): void {
    this.#open = true;
    this.drain();
  }

  /** Sends calls from the mailbox while the window has room. */
  drain(): void {
    // A send that fails at once settles its call inside this loop and calls this method again. The
    // outer loop continues, so the inner call returns.
    const nobodyWaits = this.#mailbox.size === 0 && this.#paced.length === 0;
    if (this.#draining || nobodyWaits) return;
    this.#draining = true;
    while (this.#hasRoom()) {
      const next = this.#mailbox.shift();
      if (next === undefined) break;
      const nowMs = this.#clock.nowMs();
      if (next.deadlineMs <= nowMs) {
        // Its alarm has not rung yet: the event loop was blocked, or alarms ring one by one.
        next.ring(nowMs);
        continue;
      }
      this.#window.push(next);
      next.launch(nowMs);
    }
    this.#draining = false;
    if (this.#paced.length > 0 && this.#isReady) {
      for (const resolve of this.#paced.splice(0)) resolve();
    }
  }

  /** Takes a call out of the window: its answer is overdue, or its peer is working on it. */
  release(call: CallActor): void {
    if (this.#window.delete(call)) this.#released.push(call);
  }

  /** Takes in a call that is already in flight. Like an overdue one, it has no place in the window. */
  adopt(call: CallActor): void {
    this.#released.push(call);
  }

  /** Removes a call. Gives whether others may go on now: calls that wait, or who is paced. */
  remove(call: CallActor): boolean {
    if (this.#window.delete(call)) return true;
    if (this.#released.delete(call)) return false;
    this.#mailbox.delete(call);
    // It may have been the last one that waited for the address of a name.
    return this.#paced.length > 0;
  }

  /** The calls that wait for the window. The one that has waited longest comes first. */
  queuedCalls(): CallActor[] {
    return this.#mailbox.toArray();
  }

  calls(): CallActor[] {
    // The mailbox comes first. Otherwise each cancelled call in flight would let a waiting call be
    // sent.
    return [this.#mailbox, this.#released, this.#window].flatMap((list) => list.toArray());
  }

  #hasRoom(): boolean {
    return this.#open && !this.#window.full;
  }
}

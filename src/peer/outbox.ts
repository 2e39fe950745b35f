/**
 * Outbox: the calls to a peer, from the mailbox through the window to their outcome. A call waits
 * in the mailbox until the window has room. It leaves the window when its answer arrives or is
 * overdue, or when the peer reports that it is working on the call.
 *
 * A call with headers waits apart until it is known what the peer reads. Others pass it by.
 */
import { OldPeerError } from '../api/old-peer-error.js';
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
  readonly #limits: MailboxLimits;
  readonly #mailbox: Mailbox;
  /**
   * The calls that wait until it is known whether the peer reads headers. Made for the first. Its
   * calls and those of the mailbox are bounded together.
   */
  #strange: Mailbox | undefined;
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
    this.#limits = limits;
    this.#mailbox = new Mailbox(limits);
    this.#open = open;
  }

  get queued(): number {
    return this.#mailbox.size + this.introducing;
  }

  /** How many calls wait until it is known whether the peer reads headers. */
  get introducing(): number {
    return this.#strange?.size ?? 0;
  }

  get inFlight(): number {
    return this.#window.size + this.#released.size;
  }

  /** How many more calls would not be refused. */
  get room(): number {
    const left = Math.max(this.#mailbox.room - this.introducing, 0);
    // Those that wait for more than the window may be followed by others of their kind.
    return this.introducing > 0 ? left : left + Math.max(this.#window.limit - this.#window.size, 0);
  }

  /** Resolves when a call would be sent at once. While the address is not known: when none waits. */
  async ready(): Promise<void> {
    if (this.#isReady) return;
    await new Promise<void>((resolve) => this.#paced.push(resolve));
  }

  get #isReady(): boolean {
    return this.queued === 0 && !(this.#open && this.#window.full);
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
      this.#enqueue(call, this.#mailbox);
    }
  }

  /** Has a call wait until it is known whether the peer reads headers. Gives false if it may not. */
  introduce(call: CallActor, nowMs: number): boolean {
    if (call.deadlineMs <= nowMs) call.ring(nowMs);
    else if (this.#enqueue(call, (this.#strange ??= new Mailbox(this.#limits)))) {
      call.awaitsPresence(true);
      return true;
    }
    return false;
  }

  /** Whether the call waits for that. */
  introduces(call: CallActor): boolean {
    return this.#strange !== undefined && call.list === this.#strange;
  }

  /** It is known now. The calls that waited for it go on, in their order, or are refused. */
  introduced(native: boolean): void {
    // One by one, because a listener that hears of one may cancel another.
    for (let call = this.#strange?.shift(); call !== undefined; call = this.#strange?.shift()) {
      call.awaitsPresence(false);
      if (native) this.put(call, this.#clock.nowMs());
      else refuseOld(call);
    }
    this.drain();
  }

  /** Gives false if the call is refused. */
  #enqueue(call: CallActor, mailbox: Mailbox): boolean {
    const other = mailbox === this.#mailbox ? this.#strange : this.#mailbox;
    const full = mailbox.refusal(call, other);
    if (full === undefined) {
      call.queued();
      mailbox.push(call);
      return true;
    }
    const error = new MailboxFullError(call.peer.address, full, this);
    call.receive({ type: 'refused', error }, call.peer.ref);
    return false;
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
      if (next.hasHeaders && !next.peer.native) {
        // The peer became known as an old one while the call waited.
        refuseOld(next);
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
    if (!this.#mailbox.delete(call)) this.#strange?.delete(call);
    // It may have been the last one that waited for the address of a name.
    return this.#paced.length > 0;
  }

  /** The calls that wait. The one that has waited longest for the window comes first. */
  queuedCalls(): CallActor[] {
    return [...this.#mailbox.toArray(), ...(this.#strange?.toArray() ?? [])];
  }

  calls(): CallActor[] {
    // The mailbox comes first. Otherwise each cancelled call in flight would let a waiting call be
    // sent.
    return [...this.queuedCalls(), ...this.#released.toArray(), ...this.#window.toArray()];
  }

  #hasRoom(): boolean {
    return this.#open && !this.#window.full;
  }
}

/** Refuses a call with headers to a peer that is known as an old one. */
export function refuseOld(call: CallActor): void {
  const error = new OldPeerError(call.peer.address);
  call.receive({ type: 'refused', error }, call.peer.ref);
}

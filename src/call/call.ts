/**
 * Call actor: one outbound transaction.
 *
 * It runs the call machine, and owns the bytes of the request and the call's only alarm. It belongs
 * to its peer, which decides when it may be sent. What its caller holds of it is in held-call.ts.
 */
import { shareAmongCopies } from '../copies/shared-class.js';
import type { CallEvent } from '../api/call-snapshot.js';
import type { OutcomeState } from '../api/call-state.js';
import type { RemoteError } from '../api/outcome.js';
import type { WaitingOwner } from '../engine/sender.js';
import { TooManyCallsError } from '../errors.js';
import type { Alarm } from '../time/alarms.js';
import type { Moment } from '../time/moment.js';
import type { CallHeaders } from '../wire/headers.js';
import type { RequestFrame } from '../wire/outbound-frame.js';
import { tieToSignal, untieFromSignal } from './abort.js';
import { firstGapMs } from './backoff.js';
import { HeldCall } from './held-call.js';
import type { CallHome } from './home.js';
import type { LedgerEntry } from './outstanding.js';
import type { CallOwner } from './owner.js';
import { hasMoreThanContext } from './request.js';
import type { CallRequest } from './request.js';
import type { Restoration } from './restoration.js';
import { eventOfError, eventOfResult } from './result.js';
import { Repetition } from './repetition.js';
import type { RepeatedCall } from './repetition.js';
import { evidenceOf } from './evidence.js';
import { verdictOf } from './verdict.js';

export class CallActor
  extends HeldCall<CallHome<CallActor>>
  implements Alarm, LedgerEntry<CallActor>, RepeatedCall<CallActor>, WaitingOwner
{
  static {
    shareAmongCopies('CallActor', this);
  }

  /** The frame of its request; undefined when the request is not sent, or not sent any more. */
  frame: RequestFrame | undefined;
  heapIndex = -1;
  /**
   * The list that it is in, if any: mailbox, window, released or lingering. `previous` and `next`
   * are its links in that list.
   */
  list: object | undefined;
  previous: CallActor | undefined;
  next: CallActor | undefined;
  nextInBucket: CallActor | undefined;
  idHash = 0;
  peer: CallOwner<CallActor>;
  readonly request: CallRequest<CallActor> | undefined;

  /** Just before the first transmission. With it a suspension of the machine is noticed. */
  sentNear: Moment | undefined;
  #firstGapMs = 0;
  #repetition: Repetition<CallActor> | undefined;
  #wasBundled = false;

  /** @param frame without it the call cannot be sent */
  constructor(
    peer: CallOwner<CallActor>,
    home: CallHome<CallActor>,
    request: CallRequest<CallActor>,
    frame: RequestFrame | undefined,
  ) {
    const { procedure, args, options } = request;
    const calledAtMs = home.clock.nowMs();
    super(
      home,
      {
        procedure,
        args,
        peer: peer.address,
        transactionId: request.transactionId,
        timeoutMs: options.timeoutMs,
        maxAttempts: options.attempts,
        calledAtMs,
        reference: options.reference,
        headers: options.headers,
      },
      peer.ref,
    );
    this.frame = frame;
    this.peer = peer;
    if (hasMoreThanContext(request)) this.request = request;
    if (home.inspection.watched) this.report();
    peer.callMade();
    if (options.signal !== undefined) tieToSignal(this, options.signal);
  }

  /** Goes to another peer, at another address of its name. What was not sent waits there again. */
  moveTo(peer: CallOwner<CallActor>): void {
    const wasSent = this.row.name === 'awaiting';
    if (this.row.name === 'sent') {
      this.home.outstanding.withdraw(this);
      this.#repetition = undefined;
    } else if (!wasSent) this.home.outstanding.dismiss(this);
    this.peer.callLeft(this);
    this.peer = peer;
    peer.callMade();
    this.receive({ type: 'moved', peer: peer.address });
    // An observer of that event may have cancelled the call.
    if (!this.done) peer.takeOver(this, wasSent);
  }

  /** The call waits in the mailbox. From now on it has an alarm. */
  queued(): void {
    this.wakeAt(this.deadlineMs);
  }

  /** It waits for the answer to a probe with its id, or it does so no more. */
  awaitsPresence(waits: boolean): void {
    if (waits) this.home.outstanding.expect(this);
    else this.home.outstanding.dismiss(this);
  }

  /**
   * Sends the request for the first time, if not too many calls are in flight. The kernel's result
   * arrives at `sent`. The alarm is set only after sending, while the request travels. This
   * shortens the round trip when no other call is made in the meantime.
   */
  launch(nowMs: number): void {
    const { moments, outstanding, random } = this.home;
    const { deadlineMs, peer } = this;
    if (!outstanding.add(this)) {
      this.receive({ type: 'refused', error: new TooManyCallsError(outstanding.limit) });
      return;
    }
    this.frame?.stamp(1, deadlineMs - nowMs);
    this.receive({ type: 'transmitted', atMs: nowMs }, peer.ref);
    // An observer of that event may have cancelled the call.
    if (this.row.final) return;
    this.sentNear = moments.near(nowMs);
    peer.transmit(this);
    // If the system refused the request at once, the call may have gone to another address.
    if (this.peer !== peer) return;
    this.#firstGapMs = firstGapMs(peer.rtoMs(nowMs), random);
    this.wakeAt(nowMs + this.#firstGapMs);
  }

  /** Goes on with what an earlier process has made, and may have sent. */
  resume({ plan, calledAtMs, sentAtMs, sentWallMs, attempts }: Restoration): void {
    const { clock, outstanding, random } = this.home;
    outstanding.readmit(this);
    this.receive({ type: 'restored', calledAtMs, sentAtMs, attempts }, this.peer.ref);
    // An observer of that event may have cancelled the call.
    if (this.row.final) return;
    this.peer.takeOver(this, true);
    this.sentNear = { atMs: sentAtMs, wallMs: sentWallMs };
    const nowMs = clock.nowMs();
    this.#firstGapMs = firstGapMs(this.peer.rtoMs(nowMs), random);
    if (plan !== 'ask') this.frame = undefined;
    if (plan === 'end') this.#expire(nowMs);
    else this.#repeated.resume(nowMs);
  }

  /** Created on demand, because most calls are answered before their request must be repeated. */
  get #repeated(): Repetition<CallActor> {
    const { clock } = this.home;
    // Only what was sent is repeated.
    const sentNear = this.sentNear as Moment;
    return (this.#repetition ??= new Repetition(this, clock, sentNear, this.#firstGapMs));
  }

  /** Whether its answer is overdue, and the peer did not say that it still works on the call. */
  get overdue(): boolean {
    return this.#repetition?.wasOverdue === true;
  }

  /** The kernel's result for the first transmission. */
  sent(error: Error | null, bundled: boolean): void {
    const { ref } = this.home.sender;
    if (error === null) {
      // What was refused has reached nobody, in a bundle or not.
      this.#wasBundled = bundled;
      this.receive({ type: 'accepted' }, ref);
    } else if (this.row.name !== 'sent' || this.request?.name?.reroute(this, error) !== true) {
      this.receive({ type: 'refused', error }, ref);
    }
  }

  /** Its request leaves only now, so the wait for the answer begins again. */
  delayed(nowMs: number): void {
    if (this.row.name === 'sent') this.wakeAt(nowMs + this.#firstGapMs);
  }

  withdraw(): void {
    // Its listeners may have cancelled it meanwhile.
    if (this.row.name !== 'sent') return;
    this.home.outstanding.withdraw(this);
    this.receive({ type: 'withdrawn' }, this.home.sender.ref);
  }

  /** The call's alarm: time to ask or to send again, time to give up, or time to stop lingering. */
  ring(nowMs: number): void {
    if (this.row.name === 'timedOut') this.giveUp();
    else if (nowMs >= this.deadlineMs) this.#expire(nowMs);
    else if (this.row.name === 'queued') this.peer.introduce(this, nowMs);
    else this.#repeated.overdue(nowMs, this.#wasBundled);
  }

  giveUp(): void {
    this.receive({ type: 'lingered' });
  }

  wakeAt(dueMs: number): void {
    // When the system refuses a send at once, listeners hear of it, and one of them may have
    // cancelled the call.
    if (this.row.final) return;
    this.home.alarms.set(this, Math.min(dueMs, this.deadlineMs));
  }

  /** The peer's result arrived. The contract, if there is one, makes the value from it. */
  receiveResult(result: unknown, atMs: number, headers: CallHeaders | undefined): void {
    const { reportError, sender } = this.home;
    this.receive(eventOfResult(this, result, atMs, headers, reportError), sender.ref);
  }

  receiveError(error: RemoteError, atMs: number, headers: CallHeaders | undefined): void {
    this.receive(eventOfError(error, atMs, headers), this.home.sender.ref);
  }

  peerAtWork(): void {
    this.receive({ type: 'working' }, this.home.sender.ref);
    if (this.row.final || this.row.name === 'timedOut') return;
    this.peer.atWork(this, this.context.sentAtMs ?? 0);
    this.#repeated.peerAtWork(this.home.clock.nowMs());
  }

  peerPresent(): void {
    // A call that waits to be sent for the first time needs no repetition.
    if (this.frame === undefined || this.done || this.row.name === 'queued') return;
    this.#repeated.peerPresent(this.home.clock.nowMs());
  }

  challenged(token: Uint8Array): void {
    if (this.frame === undefined || this.done) return;
    this.#repeated.challenged(token, this.home.clock.nowMs());
  }

  /** Whether the system refused the last repetition because it cannot reach the peer. */
  get unreachable(): boolean {
    return this.#repetition?.unreachable === true;
  }

  #expire(nowMs: number): void {
    this.receive({ type: 'expired', verdict: verdictOf(evidenceOf(this, nowMs)) });
  }

  protected override entered(state: string, event: CallEvent): void {
    switch (state) {
      case 'timedOut':
        // While it lingers, it may hear of an answer from elsewhere.
        if (event.type !== 'answeredElsewhere') this.#linger();
        break;
      case 'late':
      case 'lost':
        this.#end(state === 'late');
        break;
      case 'resolved':
      case 'rejected':
      case 'cancelled':
      case 'unsent':
        this.#settle(state);
        this.#end(state === 'resolved' || state === 'rejected');
        break;
    }
  }

  #linger(): void {
    const { alarms, clock, lingerMs, outstanding } = this.home;
    alarms.set(this, clock.nowMs() + lingerMs);
    // The request is not sent any more.
    this.frame = undefined;
    this.#settle('timedOut');
    // A call that was never sent cannot get a late answer.
    if (this.context.attempt > 0) outstanding.linger(this);
    else this.giveUp();
  }

  #settle(state: OutcomeState): void {
    const { clock, meters, outstanding } = this.home;
    outstanding.settle(state, this.context.attempt > 0);
    if (meters.used) meters.callSettled(this.context, clock.nowMs());
    const signal = this.request?.options.signal;
    if (signal !== undefined) untieFromSignal(this, signal);
    this.fulfil();
    this.peer.callSettled(this);
  }

  /** @param answered whether an answer arrived, in time or late */
  #end(answered: boolean): void {
    this.frame = undefined;
    this.home.alarms.clear(this);
    this.home.outstanding.delete(this, this.peer.address, answered);
    this.peer.callEnded(this, this.row.name);
  }
}

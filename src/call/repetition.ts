/** Repetition: decides whether the request of one call may be sent again, and sends it. */
import type { CallContext, CallEvent } from '../api/call-snapshot.js';
import type { Clock } from '../time/clock.js';
import { wallMsAt } from '../time/moment.js';
import type { Moment } from '../time/moment.js';
import type { RequestFrame } from '../wire/outbound-frame.js';
import type { CallOwner } from './owner.js';
import type { CallRequest } from './request.js';
import { Retransmission } from './retransmission.js';
import { saysUnreachable } from './verdict.js';

/**
 * After so many transmissions without an answer, a call gives its place in the window to the next.
 * Otherwise one whose answers never arrive, because they are too long for the path, would hold up
 * all others until its deadline.
 */
const ATTEMPTS_IN_WINDOW = 3;

/** The members of a call that its repetition uses. */
export interface RepeatedCall<Self> {
  readonly context: CallContext;
  readonly deadlineMs: number;
  readonly done: boolean;
  /** The name of its state. */
  readonly state: string;
  /** Whether its procedure may run twice. */
  readonly idempotent: boolean;
  /** Whether it has headers, which old peers must not be sent. */
  readonly hasHeaders: boolean;
  readonly peer: CallOwner<Self>;
  readonly request: CallRequest<Self> | undefined;
  /** Undefined when the request is not sent any more. */
  frame: RequestFrame | undefined;
  receive(event: CallEvent, source?: CallOwner<Self>['ref']): void;
  /** Wakes the call at this time, or at its deadline if that is earlier. */
  wakeAt(dueMs: number): void;
}

export class Repetition<TCall extends RepeatedCall<TCall>> {
  readonly #call: TCall;
  readonly #clock: Clock;
  readonly #retransmission: Retransmission;
  #wasOverdue = false;
  #wasReported = false;

  /**
   * @param sentNear a moment shortly before the request was first sent
   * @param gapMs how long the call waited for an answer to that transmission
   */
  constructor(call: TCall, clock: Clock, sentNear: Moment, gapMs: number) {
    this.#call = call;
    this.#clock = clock;
    const { sentAtMs = 0, timeoutMs } = call.context;
    const sent = { atMs: sentAtMs, wallMs: wallMsAt(sentNear, sentAtMs) };
    this.#retransmission = new Retransmission(sent, gapMs, timeoutMs);
  }

  /** Whether the system refused the last transmission because it cannot reach the peer. */
  get unreachable(): boolean {
    return this.#retransmission.unreachable;
  }

  /** Whether an answer was overdue, while nobody said that the procedure still runs. */
  get wasOverdue(): boolean {
    return this.#wasOverdue && !this.#call.context.workingHeard;
  }

  /**
   * No answer to the last transmission came in time. `wasBundled` says whether the first one was
   * sent in a bundle.
   */
  overdue(nowMs: number, wasBundled: boolean): void {
    const call = this.#call;
    const { workingHeard } = call.context;
    const { awaitsAnswer, gapMs, sentAtMs } = this.#retransmission;
    this.#wasOverdue = true;
    // If the peer is working on the call, nothing was lost.
    if (awaitsAnswer && !workingHeard) call.peer.unanswered(gapMs, sentAtMs);
    if (!workingHeard) this.#report(nowMs);
    // If a listener has cancelled the call, its request is not sent any more.
    this.resume(nowMs, wasBundled);
  }

  /** Once, and not before the kernel took the request. Until then it may go to another address. */
  #report(nowMs: number): void {
    const call = this.#call;
    if (this.#wasReported || call.state !== 'awaiting') return;
    this.#wasReported = true;
    const { sentAtMs = nowMs } = call.context;
    const waitedMs = nowMs - sentAtMs;
    call.receive({ type: 'overdue', waitedMs });
    if (!call.done) call.peer.callOverdue(call, waitedMs);
  }

  /**
   * Sends the request again, if that may be. Otherwise finds out whether it may, or waits for the
   * answer. A call that an earlier process sent begins with this.
   */
  resume(nowMs: number, wasBundled = false): void {
    const call = this.#call;
    const { attempt } = call.context;
    if (!this.#mayEverRepeat(nowMs)) {
      call.peer.release(call);
      call.wakeAt(call.deadlineMs);
    } else if (this.#mayRepeatNow(wasBundled)) {
      if (attempt >= ATTEMPTS_IN_WINDOW) call.peer.release(call);
      // Another address may be another machine, which does not know the request.
      if (call.idempotent) call.request?.name?.lead(call);
      this.#transmit(nowMs);
    } else this.#putOff(nowMs);
  }

  /** Before the call ends, the peer may become known as one that accepts repetitions. */
  #putOff(nowMs: number): void {
    const { peer } = this.#call;
    peer.release(this.#call);
    peer.probe(this.#call, nowMs);
    this.#call.wakeAt(this.#retransmission.putOff(nowMs, peer.estimatedRtoMs(nowMs)));
  }

  /** The peer is still working. It is asked again later, in case its reply is lost. */
  peerAtWork(nowMs: number): void {
    const { deadlineMs, peer } = this.#call;
    const now = this.#momentAt(nowMs);
    this.#call.wakeAt(this.#retransmission.peerAtWork(now, deadlineMs, peer.rtoMs(nowMs)));
  }

  /** An rpcudp endpoint is at the peer's address. A request that was put off is sent again now. */
  peerPresent(nowMs: number): void {
    if (this.#retransmission.awaitsAnswer || !this.#mayEverRepeat(nowMs)) return;
    this.#transmit(nowMs);
  }

  /**
   * The peer withholds its reply until this endpoint shows that it receives what the peer sends.
   * The request is sent again with the token. A peer that sends challenges does not run the request
   * again.
   */
  challenged(token: Uint8Array, nowMs: number): void {
    const call = this.#call;
    const retransmission = this.#retransmission;
    if (call.frame === undefined || retransmission.challenged) return;
    if (!retransmission.isSafe(this.#momentAt(nowMs))) return;
    retransmission.challenged = true;
    call.frame = call.frame.withToken(token);
    this.#transmit(nowMs);
  }

  /**
   * Whether the request may be sent again at all: not if it is not sent any more, not more often
   * than the caller allows, and not when a peer that received it may have forgotten it, unless it
   * may run twice.
   */
  #mayEverRepeat(nowMs: number): boolean {
    const { context, frame } = this.#call;
    const { attempt, maxAttempts = Infinity } = context;
    if (attempt >= maxAttempts || frame === undefined) return false;
    return this.#mayRunTwice || this.#retransmission.isSafe(this.#momentAt(nowMs));
  }

  /**
   * Whether what is known of the peer allows to send the request again. It does if the procedure
   * may run twice, if the peer would not run it again, or if the peer cannot have understood it:
   * the first transmission was in a bundle, and the peer may have been replaced by one that is not
   * an rpcudp endpoint.
   */
  #mayRepeatNow(wasBundled: boolean): boolean {
    const { context, peer } = this.#call;
    const notUnderstood = wasBundled && context.attempt === 1;
    return this.#mayRunTwice || peer.native || notUnderstood;
  }

  /** Whether the peer, as far as is known, reads all that the request has. */
  get #mayBeRead(): boolean {
    const { hasHeaders, peer } = this.#call;
    return !hasHeaders || peer.native;
  }

  /** Whether the contract says that it may, or the caller who gave a number of attempts. */
  get #mayRunTwice(): boolean {
    const { context, idempotent } = this.#call;
    return idempotent || context.maxAttempts !== undefined;
  }

  #momentAt(nowMs: number): Moment {
    return { atMs: nowMs, wallMs: this.#clock.wallMs() };
  }

  #transmit(nowMs: number): void {
    const call = this.#call;
    // After a stall the call's alarm may still have to ring.
    if (nowMs >= call.deadlineMs) return;
    // Since it was first sent, it may have gone to an address of which less is known.
    if (!this.#mayBeRead) {
      this.#putOff(nowMs);
      return;
    }
    const retransmission = this.#retransmission;
    call.receive({ type: 'retransmitted' }, call.peer.ref);
    // An observer of that event may have cancelled the call.
    if (call.frame === undefined || call.done) return;
    call.frame.stamp(call.context.attempt, call.deadlineMs - nowMs);
    call.peer.retransmit(call.frame, {
      sent: (error) => {
        retransmission.unreachable = error !== null && saysUnreachable(error);
      },
    });
    call.wakeAt(retransmission.transmitted(nowMs, call.peer.estimatedRtoMs(nowMs)));
  }
}

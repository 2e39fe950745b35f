/** Repetition: decides whether the request of one call may be sent again, and sends it. */
import type { CallContext, CallEvent } from '../api/call-snapshot.js';
import type { RequestFrame } from '../wire/outbound-frame.js';
import { SAFE_ATTEMPTS } from './options.js';
import type { CallOwner } from './owner.js';
import type { CallRequest } from './request.js';
import { Retransmission } from './retransmission.js';
import { saysUnreachable } from './verdict.js';

/** The members of a call that its repetition uses. */
export interface RepeatedCall<Self> {
  readonly context: CallContext;
  readonly deadlineMs: number;
  readonly done: boolean;
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
  readonly #retransmission: Retransmission;
  #wasOverdue = false;

  /** @param gapMs how long the call waited for an answer to the first transmission */
  constructor(call: TCall, gapMs: number) {
    this.#call = call;
    this.#retransmission = new Retransmission(call.context.sentAtMs ?? 0, gapMs);
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
    const { attempt, maxAttempts = SAFE_ATTEMPTS, workingHeard } = call.context;
    const { awaitsAnswer, gapMs, sentAtMs } = this.#retransmission;
    this.#wasOverdue = true;
    // If the peer is working on the call, nothing was lost.
    if (awaitsAnswer && !workingHeard) call.peer.unanswered(gapMs, sentAtMs);
    if (attempt >= maxAttempts) {
      call.peer.release(call);
      call.wakeAt(call.deadlineMs);
    } else if (this.#mayRepeat(nowMs, wasBundled)) {
      const { contracted, name } = call.request ?? {};
      // Another address may be another machine, which does not know the request.
      if (contracted?.idempotent === true) name?.lead(call);
      this.#transmit(nowMs);
    } else {
      call.peer.release(call);
      // Before the call ends, the peer may become known as one that accepts repetitions.
      call.wakeAt(this.#retransmission.putOff(nowMs, call.peer.rtoMs(nowMs)));
    }
  }

  /** The peer is still working. It is asked again later, in case its reply is lost. */
  peerAtWork(nowMs: number): void {
    const { deadlineMs, peer } = this.#call;
    this.#call.wakeAt(this.#retransmission.peerAtWork(nowMs, deadlineMs, peer.rtoMs(nowMs)));
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
    if (!retransmission.isSafe(nowMs)) return;
    retransmission.challenged = true;
    call.frame = call.frame.withToken(token);
    this.#transmit(nowMs);
  }

  /**
   * Whether the request may be sent again. It may if the caller said so, if the peer would not run
   * it again, or if the peer cannot have understood it: the first transmission was in a bundle, and
   * the peer may have been replaced by one that is not an rpcudp endpoint.
   */
  #mayRepeat(nowMs: number, wasBundled: boolean): boolean {
    const { context, peer } = this.#call;
    if (context.maxAttempts !== undefined) return true;
    const notUnderstood = wasBundled && context.attempt === 1;
    return (peer.native || notUnderstood) && this.#retransmission.isSafe(nowMs);
  }

  #transmit(nowMs: number): void {
    const call = this.#call;
    // After a stall the call's alarm may still have to ring.
    if (nowMs >= call.deadlineMs) return;
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
    call.wakeAt(retransmission.transmitted(nowMs, call.peer.rtoMs(nowMs)));
  }
}

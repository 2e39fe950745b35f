/** The repetition of one call's request: whether it may be sent again, and that it is. */
import type { CallContext, CallEvent } from '../api/call-snapshot.js';
import type { RequestFrame } from '../wire/outbound-frame.js';
import { SAFE_ATTEMPTS } from './options.js';
import type { CallOwner } from './owner.js';
import { Retransmission } from './retransmission.js';
import { saysUnreachable } from './verdict.js';

/** The call, as far as the repetition of its request needs it. */
export interface RepeatedCall<Self> {
  readonly context: CallContext;
  readonly deadlineMs: number;
  readonly done: boolean;
  readonly peer: CallOwner<Self>;
  /** Undefined when it is not sent any more. */
  frame: RequestFrame | undefined;
  receive(event: CallEvent, source?: CallOwner<Self>['ref']): void;
  /** Wakes the call then, or at its deadline if that is before. */
  wakeAt(dueMs: number): void;
}

export class Repetition<TCall extends RepeatedCall<TCall>> {
  readonly #call: TCall;
  readonly #retransmission: Retransmission;

  /** The request went out for the first time, and its answer was waited for so long. */
  constructor(call: TCall, gapMs: number) {
    this.#call = call;
    this.#retransmission = new Retransmission(call.context.sentAtMs ?? 0, gapMs);
  }

  /** Whether the system has no way to the peer any more: it refused the last transmission. */
  get unreachable(): boolean {
    return this.#retransmission.unreachable;
  }

  /** No answer came while the last transmission was waited for. `wasBundled` tells how the first one went. */
  overdue(nowMs: number, wasBundled: boolean): void {
    const call = this.#call;
    const { attempt, maxAttempts = SAFE_ATTEMPTS, workingHeard } = call.context;
    const { awaitsAnswer, gapMs, sentAtMs } = this.#retransmission;
    // A peer that is at work has lost nothing.
    if (awaitsAnswer && !workingHeard) call.peer.unanswered(gapMs, sentAtMs);
    if (attempt >= maxAttempts) {
      call.peer.release(call);
      call.wakeAt(call.deadlineMs);
    } else if (this.#mayRepeat(nowMs, wasBundled)) {
      this.#transmit(nowMs);
    } else {
      call.peer.release(call);
      // The peer may become known as one that takes repetitions before the call is over.
      call.wakeAt(this.#retransmission.putOff(nowMs, call.peer.rtoMs(nowMs)));
    }
  }

  /** The peer says that it is still at work: it is asked again later, lest its reply was lost. */
  peerAtWork(nowMs: number): void {
    const { deadlineMs, peer } = this.#call;
    this.#call.wakeAt(this.#retransmission.peerAtWork(nowMs, deadlineMs, peer.rtoMs(nowMs)));
  }

  /**
   * The peer withholds its reply until it is shown that we receive what it sends here. The request goes out once
   * more, with the token; a peer that knows challenges does not run it again.
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
   * Whether the request may be sent again: its caller said so, or the peer would not run it again, or cannot
   * have understood it: a bundle says nothing to what took the place of an rpcudp endpoint.
   */
  #mayRepeat(nowMs: number, wasBundled: boolean): boolean {
    const { context, peer } = this.#call;
    if (context.maxAttempts !== undefined) return true;
    const notUnderstood = wasBundled && context.attempt === 1;
    return (peer.native || notUnderstood) && this.#retransmission.isSafe(nowMs);
  }

  /** Sends the request again: the same id and body, with a header map that is true now. */
  #transmit(nowMs: number): void {
    const call = this.#call;
    const retransmission = this.#retransmission;
    call.receive({ type: 'retransmitted' }, call.peer.ref);
    // Whoever saw that may have cancelled the call.
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

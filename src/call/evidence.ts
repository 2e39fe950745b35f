/** Evidence: gathers what a verdict is made of when a call is over its time. */
import type { CallContext } from '../api/call-snapshot.js';
import type { CallOwner } from './owner.js';
import type { Evidence } from './verdict.js';

/** The members of a call that are evidence. */
interface ExpiredCall<Self> {
  readonly state: string;
  readonly context: CallContext;
  readonly peer: CallOwner<Self>;
  readonly deadlineMs: number;
  readonly unreachable: boolean;
}

export function evidenceOf<TCall extends ExpiredCall<TCall>>(call: TCall, nowMs: number): Evidence {
  const { context, deadlineMs, peer, state, unreachable } = call;
  const { answeredFrom, attempt, attemptsBefore, sentAtMs, timeoutMs } = context;
  return {
    // While the socket's callback is pending, it is unknown whether the request was sent.
    sentAtMs: state === 'awaiting' ? sentAtMs : undefined,
    probed: attempt === 0 && peer.introduces(call),
    notAskedAgain: attempt > 0 && attempt === attemptsBefore,
    unreachable,
    heardAtMs: peer.heardAtMs,
    answeredFrom,
    lagMs: nowMs - deadlineMs,
    timeoutMs,
  };
}

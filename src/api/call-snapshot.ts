/** Call snapshot: the input, context and events of a call. `call/machine.ts` has the chart. */
import type { AnyActorRef, MachineSnapshot, MetaObject, StateSchema } from 'xstate';
import type { CallHeaders } from '../wire/headers.js';
import type { CallState } from './call-state.js';
import type { Outcome, RemoteError } from './outcome.js';
import type { Verdict } from './verdict.js';

/** The input of a call. Times are monotonic milliseconds. */
export interface CallMachineInput {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /**
   * The peer's canonical address, or its host name while that is being resolved. A call by name may
   * move to another address of the name.
   */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  readonly timeoutMs: number;
  /** The most times that the request may be sent; undefined: as often as is safe in its time. */
  readonly maxAttempts: number | undefined;
  readonly calledAtMs: number;
  /** A value that the caller chose. Every report carries it. */
  readonly reference?: unknown;
  /** The headers of its request; undefined if the call has none. */
  readonly headers?: CallHeaders | undefined;
}

/** The state of a call beside the name of its current state. */
export interface CallContext<Value = unknown> extends CallMachineInput {
  /** How many times the request was sent so far. */
  readonly attempt: number;
  /**
   * How many of these times were in an earlier process, as far as that had written them down; 0 for
   * a call that was not restored.
   */
  readonly attemptsBefore: number;
  /** When it was first sent. */
  readonly sentAtMs: number | undefined;
  /** Whether the peer reported that it is still working on the call. */
  readonly workingHeard: boolean;
  readonly outcome: Outcome<Value> | undefined;
  /** How long after the time-out an answer arrived. */
  readonly lateByMs: number | undefined;
  /** The first address from which an answer came that was not asked. */
  readonly answeredFrom: string | undefined;
}

/** The call was made by an earlier process. Its times are put into the time of this one. */
export type Restored = {
  readonly type: 'restored';
  readonly calledAtMs: number;
  readonly sentAtMs: number;
  readonly attempts: number;
};
export type Transmitted = { readonly type: 'transmitted'; readonly atMs: number };
type Accepted = { readonly type: 'accepted' };
export type Refused = { readonly type: 'refused'; readonly error: Error };
export type Retransmitted = { readonly type: 'retransmitted' };
export type Working = { readonly type: 'working' };
/** No answer came for so long after the request was first sent. */
export type Overdue = { readonly type: 'overdue'; readonly waitedMs: number };
export type Answered = {
  readonly type: 'answered';
  readonly value: unknown;
  readonly atMs: number;
  /** The headers of the reply, if it has any. */
  readonly replyHeaders?: CallHeaders;
};
export type Failed = {
  readonly type: 'failed';
  readonly error: RemoteError;
  readonly atMs: number;
  readonly replyHeaders?: CallHeaders;
};
export type Withdrawn = { readonly type: 'withdrawn' };
export type Expired = { readonly type: 'expired'; readonly verdict: Verdict };
export type Cancel = { readonly type: 'cancel'; readonly reason?: unknown };
/** The call goes to another address of the name that it was made by. */
export type Moved = { readonly type: 'moved'; readonly peer: string };
/** An answer came from an address that was not asked. */
export type AnsweredElsewhere = { readonly type: 'answeredElsewhere'; readonly from: string };
type Lingered = { readonly type: 'lingered' };

/** The events of a call. Callers send `cancel`; peer, socket and clock send the others. */
export type CallEvent =
  | Restored
  | Transmitted
  | Accepted
  | Refused
  | Retransmitted
  | Working
  | Overdue
  | Answered
  | Failed
  | Withdrawn
  | Expired
  | Cancel
  | Moved
  | AnsweredElsewhere
  | Lingered;

/**
 * A call's snapshot in XState's form: `value`, `context`, `status`, and `output` after its end.
 * XState's type of a snapshot cannot be narrowed to a value's type, so that is added to it.
 */
export type CallSnapshot<Value = unknown> = MachineSnapshot<
  CallContext,
  CallEvent,
  Record<string, AnyActorRef | undefined>,
  CallState,
  string,
  Outcome,
  MetaObject,
  StateSchema
> & {
  readonly context: CallContext<Value>;
  readonly output: Outcome<Value> | undefined;
};

/** What is known of a call at any time, and what can happen to it; `call/machine.ts` has the chart. */
import type { AnyActorRef, MachineSnapshot, MetaObject, StateSchema } from 'xstate';
import type { CallState } from './call-state.js';
import type { Outcome, RemoteError } from './outcome.js';
import type { Verdict } from './verdict.js';

/** What a call is made with. Times are monotonic milliseconds. */
export interface CallInput {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The peer's canonical address, or its host name while that is being resolved. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  readonly timeoutMs: number;
  /** How often the request may be sent in all; undefined: as often as is safe with this peer. */
  readonly maxAttempts: number | undefined;
  readonly calledAtMs: number;
  /** The caller's own mark, given back in every report. */
  readonly reference?: unknown;
}

/** What is known of a call. */
export interface CallContext extends CallInput {
  /** How often the request was sent so far. */
  readonly attempt: number;
  /** When it was first sent. */
  readonly sentAtMs: number | undefined;
  /** Whether the peer said that it is still at work. */
  readonly workingHeard: boolean;
  readonly outcome: Outcome | undefined;
  /** How long after the time-out an answer came. */
  readonly lateByMs: number | undefined;
}

export type Transmitted = { readonly type: 'transmitted'; readonly atMs: number };
type Accepted = { readonly type: 'accepted' };
export type Refused = { readonly type: 'refused'; readonly error: Error };
export type Retransmitted = { readonly type: 'retransmitted' };
export type Working = { readonly type: 'working' };
export type Answered = {
  readonly type: 'answered';
  readonly value: unknown;
  readonly atMs: number;
};
export type Failed = {
  readonly type: 'failed';
  readonly error: RemoteError;
  readonly atMs: number;
};
export type Expired = { readonly type: 'expired'; readonly verdict: Verdict };
export type Cancel = { readonly type: 'cancel'; readonly reason?: unknown };
type Lingered = { readonly type: 'lingered' };

/** What can happen to a call. Callers send `cancel`; the rest is news from peer, socket and clock. */
export type CallEvent =
  | Transmitted
  | Accepted
  | Refused
  | Retransmitted
  | Working
  | Answered
  | Failed
  | Expired
  | Cancel
  | Lingered;

/** A call's snapshot, as XState has them: `value`, `context`, `status`, and `output` once it is over. */
export type CallSnapshot = MachineSnapshot<
  CallContext,
  CallEvent,
  Record<string, AnyActorRef | undefined>,
  CallState,
  string,
  Outcome,
  MetaObject,
  StateSchema
>;

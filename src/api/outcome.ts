/** Outcomes: how a call ended. They are a closed union, told apart by `state`. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { escapeText } from '../escape.js';
import type { ErrorCode } from '../wire/error-code.js';
import type { CallHeaders } from '../wire/headers.js';
import type { Verdict } from './verdict.js';

/**
 * Whether the procedure may have run at the peer. `'no'` is a promise: either no request left this
 * machine, or the peer reported that it did not run the request. Every other case is `'maybe'`.
 */
export type Executed = 'no' | 'maybe';

/** The peer answered. */
export interface Resolved<Value = unknown> {
  readonly state: 'resolved';
  readonly value: Value;
  /** Milliseconds from the first transmission to the answer. */
  readonly rttMs: number;
  /** How many times the request was sent. */
  readonly attempts: number;
  /** The headers that the procedure set for its reply. Absent if there are none. */
  readonly headers?: CallHeaders;
}

/** The peer answered with an error. */
export interface Rejected {
  readonly state: 'rejected';
  readonly error: RemoteError;
  readonly executed: Executed;
  readonly rttMs: number;
  readonly attempts: number;
  /** The headers that the procedure set before it failed. Absent if there are none. */
  readonly headers?: CallHeaders;
}

/** No answer came in time. This is also the outcome when datagrams were lost. */
export interface TimedOut {
  readonly state: 'timedOut';
  /** The probable reason. */
  readonly verdict: Verdict;
  readonly executed: Executed;
  readonly timeoutMs: number;
  readonly attempts: number;
  /**
   * The address from which an answer with the call's id came, if it was not the address that was
   * asked. Whoever saw the request can forge it, so it is a hint and no more.
   */
  readonly answeredFrom?: string;
}

/** The caller aborted the call, or the endpoint was closed. */
export interface Cancelled {
  readonly state: 'cancelled';
  readonly reason: unknown;
  readonly executed: Executed;
  readonly attempts: number;
}

/** The request never left this machine: the mailbox was full, or the socket refused it. */
export interface Unsent {
  readonly state: 'unsent';
  readonly error: Error;
  readonly executed: 'no';
  readonly attempts: number;
}

/** The outcome of a call, which `await call` gives. */
export type Outcome<Value = unknown> = Resolved<Value> | Rejected | TimedOut | Cancelled | Unsent;

/** The error that the peer reported. Escape its code and message before you print them. */
export class RemoteError extends Error {
  static {
    shareAmongCopies('RemoteError', this);
  }

  override readonly name = 'RemoteError';
  /** One of the endpoint's error codes, or a code that the procedure declared. */
  readonly code: ErrorCode | (string & {});
  /** The data that the peer added, if any. */
  readonly data: unknown;

  /** @param options Has a `cause` when this endpoint found the error in the peer's answer. */
  constructor(
    code: ErrorCode | (string & {}),
    message: string,
    data?: unknown,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.data = data;
  }
}

/** Thrown by `call.value()` for every outcome other than `resolved`. `outcome` has the details. */
export class CallError extends Error {
  static {
    shareAmongCopies('CallError', this);
  }

  override readonly name = 'CallError';
  readonly code = 'ERR_RPCUDP_CALL';
  readonly outcome: Exclude<Outcome, Resolved>;

  constructor(procedure: string, peer: string, outcome: Exclude<Outcome, Resolved>) {
    super(`The call ${procedure} to ${peer} ${describe(outcome)}.`, { cause: causeOf(outcome) });
    this.outcome = outcome;
  }
}

function describe(outcome: Exclude<Outcome, Resolved>): string {
  switch (outcome.state) {
    case 'rejected':
      return `was rejected (${escapeText(outcome.error.code)}): ${escapeText(outcome.error.message)}`;
    case 'timedOut':
      return `timed out after ${outcome.timeoutMs} ms (${verdictOf(outcome)})`;
    case 'cancelled':
      return `was cancelled: ${reasonText(outcome.reason)}`;
    case 'unsent':
      return `was not sent: ${outcome.error.message}`;
  }
}

function verdictOf({ verdict, answeredFrom }: TimedOut): string {
  return answeredFrom === undefined ? verdict : `${verdict}; an answer came from ${answeredFrom}`;
}

function reasonText(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  return typeof reason === 'string' ? reason : 'no reason was given';
}

function causeOf(outcome: Exclude<Outcome, Resolved>): unknown {
  if (outcome.state === 'rejected' || outcome.state === 'unsent') return outcome.error;
  return outcome.state === 'cancelled' ? outcome.reason : undefined;
}

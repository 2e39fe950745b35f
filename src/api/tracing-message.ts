/** Tracing messages: the objects that the tracing channels of `engine/tracing.ts` publish. */
import type { CallHeaders } from '../wire/headers.js';
import type { Outcome } from './outcome.js';

/** The message about a call. */
export interface CallMessage {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The peer's address. */
  readonly peer: string;
  /** 40 hexadecimal digits, the same at both ends. */
  readonly transactionId: string;
  /**
   * The W3C Trace Context for the peer: 1 to 256 printable ASCII characters. A subscriber of
   * `start` may set it.
   */
  traceparent: string | undefined;
  /** The headers of the call. Absent if it has none. */
  readonly headers?: CallHeaders | undefined;
  /** Set from `asyncStart` on. */
  outcome?: Outcome;
  /** The value of a resolved call. */
  result?: unknown;
  /** The error of a call that was not resolved. */
  error?: unknown;
}

/** The message about a procedure that runs for a peer. */
export interface HandlerMessage {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The caller's address. */
  readonly peer: string;
  readonly transactionId: string;
  /** The Trace Context that the caller sent. It is not checked beyond its form. */
  readonly traceparent: string | undefined;
  /** The headers that the caller sent. Absent if there are none. */
  readonly headers?: CallHeaders | undefined;
  result?: unknown;
  error?: unknown;
}

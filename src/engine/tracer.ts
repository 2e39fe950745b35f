/**
 * Tracer: follows the calls and requests of one endpoint, as the tracing channels follow those of a
 * whole process. Its errors are reported; they do not reach calls and procedures.
 */
import type { CallMessage, HandlerMessage } from '../api/tracing-message.js';

export interface Tracer {
  /** A call is about to be made. The tracer may set the `traceparent` of its message. */
  callStarted(message: CallMessage): Span;
  /** A procedure is about to run. */
  requestStarted(message: HandlerMessage): Span;
}

/** What a tracer makes of one call or request. It keeps the message, if it needs it at the end. */
export interface Span {
  /** Runs the making of the call, or the procedure: once, and in the span's own context. */
  run<Result>(action: () => Result): Result;
  /** It has ended. Now the message says how: it has an `error` if it failed. */
  ended(): void;
}

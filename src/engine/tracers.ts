/** Tracers: who follows the calls and requests of one endpoint, and what they make of each. */
import type { CallMessage, HandlerMessage } from '../api/tracing-message.js';
import { Attachments } from './attachments.js';
import { GuardedSpan } from './guarded-span.js';
import type { Span, Tracer } from './tracer.js';
import { callChannel, CallTrace, handlerChannel, HandlerTrace } from './tracing.js';

export class Tracers extends Attachments<Tracer> {
  readonly #reportError: (error: unknown) => void;

  constructor(reportError: (error: unknown) => void) {
    super();
    this.#reportError = reportError;
  }

  /** Whether anybody follows calls. While nobody does, tracing costs only this check. */
  get followCalls(): boolean {
    return this.used || callChannel.hasSubscribers;
  }

  /** The same for requests. */
  get followRequests(): boolean {
    return this.used || handlerChannel.hasSubscribers;
  }

  traceCall(message: CallMessage): CallTrace {
    return new CallTrace(
      message,
      this.#spansOf((tracer) => tracer.callStarted(message)),
    );
  }

  traceRequest(message: HandlerMessage): HandlerTrace {
    return new HandlerTrace(
      message,
      this.#spansOf((tracer) => tracer.requestStarted(message)),
    );
  }

  #spansOf(startedBy: (tracer: Tracer) => Span): Span[] {
    return this.attached.flatMap((tracer) => {
      try {
        return new GuardedSpan(startedBy(tracer), this.#reportError);
      } catch (error) {
        this.#reportError(error);
        return [];
      }
    });
  }
}

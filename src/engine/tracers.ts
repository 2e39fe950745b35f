/** Tracers: who follows the calls and requests of one endpoint, and what they make of each. */
import type { Subscription } from 'xstate';
import type { CallMessage, HandlerMessage } from '../api/tracing-message.js';
import { GuardedSpan } from './guarded-span.js';
import type { Span, Tracer } from './tracer.js';
import { callChannel, CallTrace, handlerChannel, HandlerTrace } from './tracing.js';

export class Tracers {
  readonly #reportError: (error: unknown) => void;
  /** Bounded by those who attach. */
  #attached: readonly Tracer[] = [];
  #used = false;

  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  /** Whether anybody follows calls. While nobody does, tracing costs only this check. */
  get followCalls(): boolean {
    return this.#used || callChannel.hasSubscribers;
  }

  /** The same for requests. */
  get followRequests(): boolean {
    return this.#used || handlerChannel.hasSubscribers;
  }

  attach(tracer: Tracer): Subscription {
    this.#replace([...this.#attached, tracer]);
    return {
      unsubscribe: () => {
        this.#replace(this.#attached.filter((other) => other !== tracer));
      },
    };
  }

  #replace(attached: readonly Tracer[]): void {
    this.#attached = attached;
    this.#used = attached.length > 0;
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
    return this.#attached.flatMap((tracer) => {
      try {
        return new GuardedSpan(startedBy(tracer), this.#reportError);
      } catch (error) {
        this.#reportError(error);
        return [];
      }
    });
  }
}

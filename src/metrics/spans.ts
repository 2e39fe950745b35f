/** Spans: makes an OpenTelemetry span of each call, and of each request whose procedure runs. */
import type * as Api from '@opentelemetry/api';
import type { CallMessage, HandlerMessage } from '../api/tracing-message.js';
import type { Span, Tracer } from '../engine/tracer.js';
import { messageOf } from '../errors.js';
import {
  attributesOfCall,
  attributesOfRequest,
  endingOfError,
  ERROR_TYPE,
  errorTypeOf,
  STATUS_CODE,
  statusCodeOf,
} from './rpc-conventions.js';
import { readTraceparent, writeTraceparent } from './trace-context.js';

export class Spans implements Tracer {
  readonly #api: typeof Api;
  readonly #tracer: Api.Tracer;

  constructor(api: typeof Api, tracer: Api.Tracer) {
    this.#api = api;
    this.#tracer = tracer;
  }

  /** A child of the span that is current where the call is made. */
  callStarted(message: CallMessage): Span {
    const { isSpanContextValid, SpanKind, SpanStatusCode } = this.#api;
    const attributes = attributesOfCall(message);
    const span = this.#tracer.startSpan(message.procedure, { kind: SpanKind.CLIENT, attributes });
    const own = span.spanContext();
    // What the caller itself wrote holds.
    if (isSpanContextValid(own)) message.traceparent ??= writeTraceparent(own);
    return {
      // Nothing in the making of a call has a span of its own.
      run: (action) => action(),
      ended: () => {
        endCall(span, message, SpanStatusCode.ERROR);
      },
    };
  }

  /** A child of what the caller sent. Spans of the procedure, and its calls, are children of it. */
  requestStarted(message: HandlerMessage): Span {
    const { context, SpanKind, SpanStatusCode, trace } = this.#api;
    const parent = this.#parentOf(message);
    const attributes = attributesOfRequest(message);
    const options = { kind: SpanKind.SERVER, attributes };
    const span = this.#tracer.startSpan(message.procedure, options, parent);
    const own = trace.setSpan(parent, span);
    return {
      run: (action) => context.with(own, action),
      ended: () => {
        endRequest(span, message, SpanStatusCode.ERROR);
      },
    };
  }

  /** Nothing that was current when the endpoint was opened is a parent of its requests. */
  #parentOf({ traceparent }: HandlerMessage): Api.Context {
    const { isSpanContextValid, ROOT_CONTEXT, trace } = this.#api;
    const sent = traceparent === undefined ? undefined : readTraceparent(traceparent);
    if (sent === undefined || !isSpanContextValid(sent)) return ROOT_CONTEXT;
    return trace.setSpanContext(ROOT_CONTEXT, { ...sent, isRemote: true });
  }
}

function endCall(
  span: Api.Span,
  { error, outcome }: CallMessage,
  errorStatus: Api.SpanStatusCode,
): void {
  if (error !== undefined) {
    // Without an outcome the call was not made, and the error says why.
    const isOutcome = outcome !== undefined && outcome.state !== 'resolved';
    fail(span, isOutcome ? errorTypeOf(outcome) : nameOf(error), error, errorStatus);
    const code = outcome && statusCodeOf(outcome);
    if (code !== undefined) span.setAttribute(STATUS_CODE, code);
  }
  span.end();
}

function endRequest(
  span: Api.Span,
  message: HandlerMessage,
  errorStatus: Api.SpanStatusCode,
): void {
  if ('error' in message) fail(span, endingOfError(message.error), message.error, errorStatus);
  span.end();
}

function fail(span: Api.Span, type: string, error: unknown, code: Api.SpanStatusCode): void {
  span.setAttribute(ERROR_TYPE, type);
  span.setStatus({ code, message: messageOf(error) });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

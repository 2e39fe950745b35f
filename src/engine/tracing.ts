/**
 * Tracing: tracing channels of `node:diagnostics_channel`, for APM tools and for spans without a
 * dependency: `tracingChannel('rpcudp:call')` and `tracingChannel('rpcudp:handler')`.
 *
 * A message is the same object from `start` to `asyncEnd`. `start` and `end` enclose the making of
 * a call, or the synchronous part of a procedure. `asyncStart` and `asyncEnd` are published when
 * the call has its outcome, or the procedure has ended. If it failed, `error` is published before
 * them. Stores that are bound to `start` are available in the procedure.
 *
 * Channels belong to the process. The tracers of one endpoint (tracer.ts) are told with them.
 */
import { tracingChannel } from 'node:diagnostics_channel';
import type { TracingChannel } from 'node:diagnostics_channel';
import { CallError } from '../api/outcome.js';
import type { Outcome } from '../api/outcome.js';
import type { CallMessage, HandlerMessage } from '../api/tracing-message.js';
import { isTraceparent } from '../wire/traceparent.js';
import type { Span } from './tracer.js';

/** While a channel has no subscribers, it costs only the check of that. */
export const callChannel = tracingChannel<unknown, CallMessage>('rpcudp:call');
export const handlerChannel = tracingChannel<unknown, HandlerMessage>('rpcudp:handler');

class Trace<Message extends CallMessage | HandlerMessage> {
  readonly message: Message;
  readonly #channel: TracingChannel<unknown, Message>;
  /** Those that the tracers of the endpoint made, the first one outermost. */
  readonly #spans: readonly Span[];
  #running = false;
  #settled = false;

  constructor(channel: TracingChannel<unknown, Message>, message: Message, spans: readonly Span[]) {
    this.#channel = channel;
    this.message = message;
    this.#spans = spans;
  }

  /** Runs the traced action. An error that it throws is published and thrown again. */
  run<Result>(action: () => Result): Result {
    const innermost = (): Result => this.#runOnChannel(action);
    return this.#spans.reduceRight((inner, span) => () => span.run(inner), innermost)();
  }

  #runOnChannel<Result>(action: () => Result): Result {
    const { start, end } = this.#channel;
    return start.runStores(this.message, () => {
      this.#running = true;
      try {
        return action();
      } catch (error) {
        this.#publishError(error);
        throw error;
      } finally {
        this.#running = false;
        end.publish(this.message);
        if (this.#settled) this.#publishEnd();
      }
    });
  }

  succeeded(result: unknown): void {
    this.message.result = result;
    this.#publishEnd();
  }

  failed(error: unknown): void {
    this.#publishError(error);
    this.#publishEnd();
  }

  #publishError(error: unknown): void {
    // An error of the synchronous part was already published.
    if ('error' in this.message) return;
    this.message.error = error;
    this.#channel.error.publish(this.message);
  }

  #publishEnd(): void {
    // An action that ends at once is reported only after its synchronous part.
    this.#settled = true;
    if (this.#running) return;
    this.#channel.asyncStart.publish(this.message);
    this.#channel.asyncEnd.publish(this.message);
    this.endSpans();
  }

  protected endSpans(): void {
    for (const span of this.#spans) span.ended();
  }
}

export class CallTrace extends Trace<CallMessage> {
  constructor(message: CallMessage, spans: readonly Span[]) {
    super(callChannel, message, spans);
  }

  override run<Result>(action: () => Result): Result {
    try {
      return super.run(action);
    } catch (error) {
      // There is no call, so it does not settle.
      this.endSpans();
      throw error;
    }
  }

  /** The Trace Context for the peer, as the caller or a subscriber set it, if it is valid. */
  get traceparent(): string | undefined {
    const { traceparent } = this.message;
    return isTraceparent(traceparent) ? traceparent : undefined;
  }

  settled(outcome: Outcome): void {
    const { message } = this;
    message.outcome = outcome;
    if (outcome.state === 'resolved') this.succeeded(outcome.value);
    else this.failed(new CallError(message.procedure, message.peer, outcome));
  }
}

export class HandlerTrace extends Trace<HandlerMessage> {
  constructor(message: HandlerMessage, spans: readonly Span[]) {
    super(handlerChannel, message, spans);
  }
}

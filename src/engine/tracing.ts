/**
 * Tracing channels of `node:diagnostics_channel`, for APM tools and for whoever wants spans without a
 * dependency: `tracingChannel('rpcudp:call')` and `tracingChannel('rpcudp:handler')`.
 *
 * A message is one object from `start` to `asyncEnd`. `start` and `end` enclose the making of a call, or the
 * synchronous part of a procedure; `asyncStart` and `asyncEnd` come when it has its outcome, or has ended;
 * `error` comes before them when that was no success. Stores bound to `start` reach the procedure.
 */
import { tracingChannel } from 'node:diagnostics_channel';
import type { TracingChannel } from 'node:diagnostics_channel';
import { CallError } from '../api/outcome.js';
import type { Outcome } from '../api/outcome.js';
import { isTraceparent } from '../wire/header-map.js';

/** What is published of a call. */
export interface CallMessage {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The peer's address. */
  readonly peer: string;
  /** 40 hexadecimal digits, the same at both ends. */
  readonly transactionId: string;
  /** W3C Trace Context for the peer; who hears `start` may set it: 1 to 256 printable ASCII characters. */
  traceparent: string | undefined;
  /** There from `asyncStart` on. */
  outcome?: Outcome;
  /** The value of a call that was resolved. */
  result?: unknown;
  /** Why there is none. */
  error?: unknown;
}

/** What is published of a procedure that runs for a peer. */
export interface HandlerMessage {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The caller's address. */
  readonly peer: string;
  readonly transactionId: string;
  /** What the caller sent: a peer's word. */
  readonly traceparent: string | undefined;
  result?: unknown;
  error?: unknown;
}

/** One call or procedure that is traced. */
class Trace<Message extends CallMessage | HandlerMessage> {
  readonly message: Message;
  readonly #channel: TracingChannel<unknown, Message>;
  #running = false;
  #settled = false;

  constructor(channel: TracingChannel<unknown, Message>, message: Message) {
    this.#channel = channel;
    this.message = message;
  }

  /** Runs what the trace is of; what that throws is published, and thrown. */
  run<Result>(action: () => Result): Result {
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
    // What the synchronous part threw was published then.
    if ('error' in this.message) return;
    this.message.error = error;
    this.#channel.error.publish(this.message);
  }

  #publishEnd(): void {
    // What is over at once ends after its synchronous part nevertheless.
    this.#settled = true;
    if (this.#running) return;
    this.#channel.asyncStart.publish(this.message);
    this.#channel.asyncEnd.publish(this.message);
  }
}

/** A call that is traced. */
export class CallTrace extends Trace<CallMessage> {
  /** What goes to the peer: what the caller or a subscriber said, if it can be sent. */
  get traceparent(): string | undefined {
    const { traceparent } = this.message;
    return isTraceparent(traceparent) ? traceparent : undefined;
  }

  /** The call has its outcome. */
  settled(outcome: Outcome): void {
    const { message } = this;
    message.outcome = outcome;
    if (outcome.state === 'resolved') this.succeeded(outcome.value);
    else this.failed(new CallError(message.procedure, message.peer, outcome));
  }
}

export type HandlerTrace = Trace<HandlerMessage>;

/** While it has no subscribers, tracing costs the question alone. */
export const callChannel = tracingChannel<unknown, CallMessage>('rpcudp:call');
export const handlerChannel = tracingChannel<unknown, HandlerMessage>('rpcudp:handler');

/** The trace of a call that is about to be made. */
export function traceCall(message: CallMessage): CallTrace {
  return new CallTrace(callChannel, message);
}

/** The trace of a procedure that is about to run. */
export function traceHandler(message: HandlerMessage): HandlerTrace {
  return new Trace(handlerChannel, message);
}

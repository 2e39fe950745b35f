/** The scope of one request: what its procedure is told, and how it hears that nobody waits any longer. */
import type { SocketAddress } from '../address/address.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { HandlerScope } from '../api/scope.js';
import { HandlerTimedOutError } from '../errors.js';
import type { Clock } from '../time/clock.js';

/** What a scope is made of. */
export interface ServedRequest {
  readonly sender: SocketAddress;
  readonly endpoint: AnyEndpoint;
  readonly attempt: number;
  readonly traceparent: string | undefined;
  /** Monotonic milliseconds of the endpoint's clock. */
  readonly receivedAtMs: number;
  /** How long its caller goes on waiting, as far as it said so. */
  readonly callerWaitsMs: number | undefined;
  /** How long the procedure may run. */
  readonly timeoutMs: number;
}

export class RequestScope implements HandlerScope {
  readonly sender: SocketAddress;
  readonly endpoint: AnyEndpoint;
  readonly attempt: number;
  readonly traceparent: string | undefined;

  readonly #clock: Clock;
  readonly #receivedAtMs: number;
  readonly #callerWaitsMs: number;
  readonly #timeoutMs: number;
  #controller: AbortController | undefined;
  #abortReason: unknown;
  #aborted = false;

  constructor(request: ServedRequest, clock: Clock) {
    this.sender = request.sender;
    this.endpoint = request.endpoint;
    this.attempt = request.attempt;
    this.traceparent = request.traceparent;
    this.#clock = clock;
    this.#receivedAtMs = request.receivedAtMs;
    this.#callerWaitsMs = request.callerWaitsMs ?? Infinity;
    this.#timeoutMs = request.timeoutMs;
  }

  get remainingMs(): number {
    const elapsedMs = this.#clock.nowMs() - this.#receivedAtMs;
    return Math.max(this.#allowedMs - elapsedMs, 0);
  }

  get #allowedMs(): number {
    return Math.min(this.#callerWaitsMs, this.#timeoutMs);
  }

  /** What there is to say when the procedure has not ended at its deadline. */
  timedOut(): HandlerTimedOutError {
    const deadline = this.#callerWaitsMs < this.#timeoutMs ? 'caller' : 'endpoint';
    return new HandlerTimedOutError(this.#allowedMs, deadline);
  }

  get signal(): AbortSignal {
    // Made when first asked for: most procedures never do, and a controller costs more than a call.
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}

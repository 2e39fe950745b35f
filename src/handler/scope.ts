/** What a procedure knows about the request it serves. */
import type { SocketAddress } from '../address/address.js';
import type { Clock } from '../time/clock.js';
import type { AnyEndpoint } from '../endpoint/endpoint.js';
import { HandlerTimedOutError } from '../errors.js';

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

/** The first argument of every procedure. */
export class HandlerScope {
  /** Where the request came from. UDP source addresses can be forged. */
  readonly sender: SocketAddress;
  /** The endpoint that received it: `endpoint.peer(sender)` calls back. */
  readonly endpoint: AnyEndpoint;
  /** Which transmission of the request arrived first, from 1; an old peer does not say, and it is 1. */
  readonly attempt: number;
  /** The caller's W3C Trace Context, if it gave one: a peer's word. */
  readonly traceparent: string | undefined;

  readonly #clock: Clock;
  readonly #receivedAtMs: number;
  readonly #callerWaitsMs: number;
  readonly #timeoutMs: number;
  #controller: AbortController | undefined;
  #abortReason: unknown;
  #aborted = false;

  /** @internal */
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

  /**
   * Milliseconds until the deadline, 0 once it has passed: the caller's own, where that is known, or
   * that of the procedure, whichever comes first.
   */
  get remainingMs(): number {
    const elapsedMs = this.#clock.nowMs() - this.#receivedAtMs;
    return Math.max(this.#allowedMs - elapsedMs, 0);
  }

  get #allowedMs(): number {
    return Math.min(this.#callerWaitsMs, this.#timeoutMs);
  }

  /** @internal What there is to say when the procedure has not ended at its deadline. */
  timedOut(): HandlerTimedOutError {
    const deadline = this.#callerWaitsMs < this.#timeoutMs ? 'caller' : 'endpoint';
    return new HandlerTimedOutError(this.#allowedMs, deadline);
  }

  /**
   * Aborts when the result is no longer wanted: with a CallerCancelledError when the caller took its
   * call back, a HandlerTimedOutError at the deadline, an EndpointClosedError when the endpoint closes
   * and will wait no longer. A listener of yours that throws ends the process, as with any AbortSignal.
   */
  get signal(): AbortSignal {
    // Made when first asked for: most procedures never do, and a controller costs more than a call.
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** @internal */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}

/**
 * Request scope: the details of a request for its procedure, and the signal that aborts when the
 * result is no longer needed.
 */
import type { SocketAddress } from '../address/address.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { Peer } from '../api/peer.js';
import type { CallerOf, HandlerScope } from '../api/scope.js';
import { HandlerTimedOutError } from '../errors.js';
import { inThisContext } from '../time/async-context.js';
import type { Clock } from '../time/clock.js';
import { NO_HEADERS } from '../wire/headers.js';
import type { CallHeaders } from '../wire/headers.js';
import { ReplyHeaders } from './reply-headers.js';

/** The endpoint that serves a request, for its procedure. */
export interface ServingEndpoint extends AnyEndpoint {
  /** The peer that sent the request. */
  callerAt(sender: SocketAddress): Peer;
}

export interface ServedRequest {
  readonly sender: SocketAddress;
  /** Gives the endpoint for the procedure of a scope. */
  readonly endpointFor: (scope: RequestScope) => ServingEndpoint;
  readonly attempt: number;
  readonly oneWay: boolean;
  readonly traceparent: string | undefined;
  /** The headers of the request; undefined if there are none. */
  readonly headers: CallHeaders | undefined;
  /** Monotonic milliseconds of the endpoint's clock. */
  readonly receivedAtMs: number;
  /** How long the caller still waits, in milliseconds; undefined if it did not say so. */
  readonly callerWaitsMs: number | undefined;
  readonly timeoutMs: number;
}

/** The context of all requests to which no middleware has added anything. */
export const NO_CONTEXT: object = Object.freeze({});

export class RequestScope implements HandlerScope {
  readonly sender: SocketAddress;
  readonly attempt: number;
  readonly oneWay: boolean;
  readonly traceparent: string | undefined;
  readonly headers: CallHeaders;

  readonly #endpointFor: ServedRequest['endpointFor'];
  readonly #clock: Clock;
  readonly #receivedAtMs: number;
  readonly #callerWaitsMs: number;
  readonly #timeoutMs: number;
  #endpoint: ServingEndpoint | undefined;
  #controller: AbortController | undefined;
  /** Aborts the controller in the context of the procedure, which usually listens there. */
  #abortController: ((reason: unknown) => void) | undefined;
  #abortReason: unknown;
  #aborted = false;
  #running = true;
  /** Made for the first header that the procedure sets. */
  #reply: ReplyHeaders | undefined;

  constructor(request: ServedRequest, clock: Clock) {
    this.sender = request.sender;
    this.attempt = request.attempt;
    this.oneWay = request.oneWay;
    this.traceparent = request.traceparent;
    this.headers = request.headers ?? NO_HEADERS;
    this.#endpointFor = request.endpointFor;
    this.#clock = clock;
    this.#receivedAtMs = request.receivedAtMs;
    this.#callerWaitsMs = request.callerWaitsMs ?? Infinity;
    this.#timeoutMs = request.timeoutMs;
  }

  get context(): object {
    return NO_CONTEXT;
  }

  /** Whether the procedure runs, and its request waits for the end. */
  get running(): boolean {
    return this.#running;
  }

  /** The request has ended. */
  end(): void {
    this.#running = false;
  }

  /** Whether the result is not needed any more. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Why not. */
  get abortReason(): unknown {
    return this.#abortReason;
  }

  get endpoint(): ServingEndpoint {
    // Created on demand, like the signal.
    return (this.#endpoint ??= this.#endpointFor(this));
  }

  get peer(): CallerOf<never> {
    return this.endpoint.callerAt(this.sender) as CallerOf<never>;
  }

  get setHeader(): HandlerScope['setHeader'] {
    // Created on demand. Procedures take it out of their scope, as they do all members.
    return (name, value) => {
      if (this.#running) (this.#reply ??= new ReplyHeaders()).set(name, value);
    };
  }

  /** The header map of the reply; undefined if the procedure set no header. */
  get replyHeaderMap(): Uint8Array | undefined {
    return this.#reply?.map;
  }

  get remainingMs(): number {
    const elapsedMs = this.#clock.nowMs() - this.#receivedAtMs;
    return Math.max(this.#allowedMs - elapsedMs, 0);
  }

  get #allowedMs(): number {
    return Math.min(this.#callerWaitsMs, this.#timeoutMs);
  }

  timedOut(): HandlerTimedOutError {
    const deadline = this.#callerWaitsMs < this.#timeoutMs ? 'caller' : 'endpoint';
    return new HandlerTimedOutError(this.#allowedMs, deadline);
  }

  get signal(): AbortSignal {
    // Created on demand: most procedures never use it, and a controller costs more than a call.
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      this.#abortController = inThisContext((reason) => {
        controller.abort(reason);
      });
      if (this.#aborted) controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#abortReason = reason;
    this.#abortController?.(reason);
  }
}

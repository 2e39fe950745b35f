/** Handler scope: the information about its request that a procedure gets. */
import type { SocketAddress } from '../address/address.js';
import type { AnyEndpoint } from './endpoint.js';

/** The first argument of every procedure. */
export interface HandlerScope {
  /** Where the request came from. UDP source addresses can be forged. */
  readonly sender: SocketAddress;

  /**
   * The endpoint that received it: `endpoint.peer(sender)` calls back. Calls that are made through
   * it belong to this request: while the endpoint closes, they go on until the procedure has ended.
   */
  readonly endpoint: AnyEndpoint;

  /**
   * Which transmission of the request arrived first, from 1. It is 1 if the peer does not say so,
   * as rpcudp 5.x does not.
   */
  readonly attempt: number;

  /** The caller's W3C Trace Context, if it sent one. It is not checked beyond its form. */
  readonly traceparent: string | undefined;

  /**
   * What the endpoint's middleware (`use`) put there for this request. Frozen and empty without any.
   * Its type is that of the list: name it with `ScopeWith`.
   */
  readonly context: object;

  /**
   * Milliseconds until the deadline, or 0 if it has passed. The deadline is the caller's, where
   * that is known, or the procedure's own, whichever is earlier.
   */
  readonly remainingMs: number;

  /**
   * Aborts when the result is no longer needed. The reason is a CallerCancelledError when the
   * caller cancelled its call, a HandlerTimedOutError at the deadline, or an EndpointClosedError
   * when the endpoint closes and does not wait any longer. A listener that throws ends the process,
   * as with any AbortSignal.
   */
  readonly signal: AbortSignal;
}

/**
 * A scope with what middleware put into its context, as in
 * `(scope: ScopeWith<{ user: User }>, name: string) => …`.
 */
export interface ScopeWith<Context extends object> extends HandlerScope {
  readonly context: Context;
}

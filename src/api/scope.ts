/** What a procedure knows about the request it serves. */
import type { SocketAddress } from '../address/address.js';
import type { AnyEndpoint } from './endpoint.js';

/** The first argument of every procedure. */
export interface HandlerScope {
  /** Where the request came from. UDP source addresses can be forged. */
  readonly sender: SocketAddress;

  /** The endpoint that received it: `endpoint.peer(sender)` calls back. */
  readonly endpoint: AnyEndpoint;

  /** Which transmission of the request arrived first, from 1; an old peer does not say, and it is 1. */
  readonly attempt: number;

  /** The caller's W3C Trace Context, if it gave one: a peer's word. */
  readonly traceparent: string | undefined;

  /**
   * Milliseconds until the deadline, 0 once it has passed: the caller's own, where that is known, or
   * that of the procedure, whichever comes first.
   */
  readonly remainingMs: number;

  /**
   * Aborts when the result is no longer wanted: with a CallerCancelledError when the caller took its
   * call back, a HandlerTimedOutError at the deadline, an EndpointClosedError when the endpoint closes
   * and will wait no longer. A listener of yours that throws ends the process, as with any AbortSignal.
   */
  readonly signal: AbortSignal;
}

/** Handler scope: the information about its request that a procedure gets. */
import type { Subscription } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { CallHeaders } from '../wire/headers.js';
import type { AnyEndpoint, ApiOf } from './endpoint.js';
import type { Peer } from './peer.js';

/** The caller as a peer that offers the procedures of `T`, if anything is said of them. */
export type CallerOf<T> = [T] extends [never] ? UnknownCaller : Peer<ApiOf<T>>;

/**
 * A caller of which nothing is said: `call` takes any name, and nothing is known of the results.
 * There are no methods in `remote`.
 */
type UnknownCaller = Omit<Peer, 'remote'> & FitsAnyCaller;

/**
 * With this a scope that says nothing of its caller fits procedures that do say. Nobody can use it:
 * there is no value of type `never`.
 */
interface FitsAnyCaller {
  readonly remote: never;
  call(procedure: never, ...rest: never): never;
  send(command: never): void;
  on(type: never, listener: never): Subscription;
}

/**
 * The first argument of every procedure. `Caller` says what the caller serves, as the type of its
 * endpoint or of its handlers: `HandlerScope<typeof client>`.
 */
export interface HandlerScope<Caller = never> {
  /** Where the request came from. UDP source addresses can be forged. */
  readonly sender: SocketAddress;

  /**
   * The endpoint that received it: `endpoint.peer(sender)` calls back. Calls that are made through
   * it belong to this request: while the endpoint closes, they go on until the procedure has ended.
   */
  readonly endpoint: AnyEndpoint;

  /**
   * The caller, as `endpoint.peer(sender)` gives it, whatever it serves: calls that are made through
   * it belong to this request. What is said of its procedures by `HandlerScope<Caller>` is not
   * checked; for that take `endpoint.peer(sender, contract)`.
   *
   * @throws SharedPortError when the endpoint shares its port; EndpointClosedError when it is closed,
   * or closes and the procedure does not run any more.
   */
  readonly peer: CallerOf<Caller>;

  /**
   * Which transmission of the request arrived first, from 1. It is 1 if the peer does not say so,
   * as rpcudp 5.x does not.
   */
  readonly attempt: number;

  /**
   * Whether the request is a notification: nobody gets the result. What the procedure throws is
   * reported to `onError` all the same.
   */
  readonly oneWay: boolean;

  /** The caller's W3C Trace Context, if it sent one. It is not checked beyond its form. */
  readonly traceparent: string | undefined;

  /**
   * The headers that the caller gave its call: a frozen object without a prototype, empty if there
   * are none. Contracts do not check them, and whoever sees a request can repeat them.
   */
  readonly headers: CallHeaders;

  /**
   * Sets a header of the reply, whether that is a result or an error. The caller gets them as
   * `headers` of its outcome. They are remembered with the reply. A header that was set before is
   * replaced, or removed with `undefined`. Once the request has ended it does nothing. An old peer
   * gets no headers.
   *
   * @throws UnencodableError for a bad name or value, more than 15 headers, or more than 400 bytes of
   * them. The headers that were set before stay.
   */
  readonly setHeader: (name: string, value: string | Uint8Array | undefined) => void;

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

/** Endpoint options: everything that `createEndpoint` takes. */
import type { InspectionObserver } from '../actor/inspection.js';
import type { Lookup } from '../address/lookup.js';
import type { AnyContract } from '../contract/contract.js';
import type { Random } from '../random.js';
import type { Clock } from '../time/clock.js';
import type { Transport } from '../transport/transport.js';
import type { ContractHandlers, Handlers } from './handlers.js';
import type { Interceptor } from './interceptor.js';
import type { LimitOptions } from './limits.js';
import type { AnyMiddleware, ContextOf, InOrder, Middleware } from './middleware.js';

/** How strictly an endpoint keeps its promise to run each request at most once. */
export type AtMostOnce = 'strict' | 'bounded';

/**
 * How much may be sent to an address that is not validated, which means that it has not shown that
 * it receives what is sent to it.
 *
 * - `'strict'`: at most three times the bytes that came from that address (RFC 9000, section 8.1).
 * - `'compat'`: in addition, 64 KiB at once and 16 KiB a second to its network. Peers that speak
 *   only rpcudp 5.x may need this, because they cannot validate their address.
 */
export type Amplification = 'strict' | 'compat';

/** Doc strings of procedures, by their names. */
export type Descriptions<H = Handlers> = Readonly<
  Partial<Record<keyof H & string, string | undefined>>
>;

/** Whether an endpoint describes itself, and perhaps its doc strings. */
export type Describe<H = Handlers> = boolean | Descriptions<H>;

/** The options of `createEndpoint`. All of them are optional. */
export interface EndpointOptions<
  H = Handlers,
  Use extends readonly AnyMiddleware[] = readonly Middleware[],
> extends LimitOptions {
  /**
   * The local IP address to bind to. Default: all addresses, of IPv4 and, where the machine has it,
   * of IPv6. A server that is asked at one of several addresses may answer from another, which
   * callers do not accept; bind it to one address then.
   */
  readonly host?: string | undefined;
  /** The local port, from 0 to 65535. Default 0: any free port. */
  readonly port?: number | undefined;
  /**
   * Whether other sockets may use the same port: processes of this user, or worker threads, that
   * ask for it too. Default false.
   *
   * The kernel distributes the senders among these sockets by a hash of the sender's address and
   * the local address. So all that one sender sends, repetitions included, arrives at the same
   * socket. When a socket opens or closes, the kernel distributes the senders again, and a request
   * that is repeated at that moment may run twice. An endpoint that shares its port serves, and
   * makes no calls. Needs Node.js 22.12, 23.1 or later, and Linux or a similar system.
   */
  readonly reusePort?: boolean | undefined;
  /** The procedures that peers can call: own properties that are functions. Default: none. */
  readonly handlers?: H | undefined;
  /**
   * Functions around all procedures, the first one outermost; see `Middleware`. What they add to
   * the context is typed in the handlers' scopes, if the list is written in the call of
   * `createEndpoint` or is a tuple. Default: none, which costs nothing.
   */
  readonly use?: (Use & InOrder<NoInfer<Use>>) | undefined;
  /**
   * Whether the endpoint tells rpcudp endpoints which procedures it offers, and what is known of
   * them: doc strings, and JSON Schema where the contract's schemas can tell it. `rpcudp list`
   * shows it, and `rpcudp call` checks arguments by it. Anybody who reaches the endpoint can ask;
   * middleware (`use`) is around the answer as around all procedures.
   *
   * An object gives doc strings by procedure, `{ sayhi: 'Says hello.' }`, each of 1 to 1,000
   * characters, in place of those of a contract. Names of handlers must not begin with `rpcudp.`.
   * Default false.
   */
  readonly describe?: Describe<NoInfer<H>> | undefined;
  /** Functions around the making of all calls, the first one outermost. Default: none. */
  readonly intercept?: readonly Interceptor[] | undefined;
  /**
   * What the endpoint does when its memory of requests (`maxReplies`) is full.
   *
   * - `'bounded'`, the default: it forgets the oldest requests early, and counts them in
   *   `forgottenEarly`. A repetition of a forgotten request would run again.
   * - `'strict'`: it refuses new requests as overloaded until there is room.
   */
  readonly atMostOnce?: AtMostOnce | undefined;
  /**
   * How much may be sent to addresses that could be forged, beyond three times the bytes that came
   * from them.
   *
   * - `'compat'`, the default: 64 KiB at once and 16 KiB a second to each /24 or /56 network.
   * - `'strict'`: nothing.
   *
   * An address is validated when it answers a call of this endpoint. A reply that may not be sent
   * is withheld. An rpcudp endpoint is challenged instead: it validates its address at once and
   * then gets the reply.
   */
  readonly amplification?: Amplification | undefined;
  /**
   * Whether `stats().latencies` tells how long calls and requests took, by procedure. Default false.
   *
   * Each call and each request then costs a fraction of a microsecond more, and each procedure that
   * is called or served takes 27 KB of memory: at most 65 that are called, and those that are offered.
   */
  readonly latencies?: boolean | undefined;
  /** An XState inspection observer for the endpoint, socket, peer, call and handler actors. */
  readonly inspect?: InspectionObserver | undefined;
  /**
   * Gets the errors that have no caller: a procedure threw, or one of your listeners threw.
   * Default: a Node.js process warning, once for each procedure.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Carries the datagrams. Default: UDP. */
  readonly transport?: Transport | undefined;
  /** Tells the time and sets timers. Default: the system's clocks. */
  readonly clock?: Clock | undefined;
  /** Makes transaction ids and jitter. Default: the system's cryptographic generator. */
  readonly random?: Random | undefined;
  /** Looks up host names: one address or a list. Default: the system's resolver, all addresses. */
  readonly lookup?: Lookup | undefined;
}

/** What the context of the endpoint's middleware says of the handlers. */
export interface Serving<H> {
  readonly handlers?: H | undefined;
}

/** The options of `createEndpoint` for an endpoint that serves a contract. */
export interface ContractedEndpointOptions<
  C extends AnyContract,
  Use extends readonly AnyMiddleware[] = readonly Middleware[],
> extends Omit<EndpointOptions<Handlers, Use>, 'handlers'> {
  /** The contract, by which requests and results are checked. */
  readonly contract: C;
  /** Exactly the procedures of the contract. */
  readonly handlers: ContractHandlers<C, ContextOf<Use>>;
}

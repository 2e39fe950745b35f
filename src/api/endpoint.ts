/** Endpoint: the interface of an endpoint, for users. */
import type { Subscription } from 'xstate';
import type { InspectionObserver } from '../actor/inspection.js';
import type { SocketAddress } from '../address/address.js';
import type { offered } from '../contract/api.js';
import type { AnyContract, ContractApi } from '../contract/contract.js';
import type { CloseOptions } from './close-options.js';
import type { EndpointReport } from './endpoint-report.js';
import type { Notification } from './notification.js';
import type { NotifyParameters, Peer } from './peer.js';
import type { AnyProcedures, ArgumentsOf, Offered, ProcedureName } from './procedures.js';
import type { EndpointStats } from './stats.js';

/** The procedures that `T` offers. `T` is the type of an endpoint, or the type of its handlers. */
export type ApiOf<T> = T extends { readonly [offered]: infer H } ? H : T;

/** A peer that offers the procedures of `T`, such as `PeerOf<typeof server>`. */
export type PeerOf<T> = Peer<ApiOf<T>>;

/** Any endpoint, whatever procedures it offers. */
export type AnyEndpoint = Endpoint<unknown>;

/** One UDP socket, the procedures it serves, and the peers it calls. */
export interface Endpoint<Api = Offered> extends AsyncDisposable {
  /** The procedures of this endpoint. Exists only as a type, for `peer<typeof endpoint>(…)`. */
  readonly [offered]: Api;

  /** The local address. If port 0 was asked for, `port` is the port that the system chose. */
  readonly address: SocketAddress;

  /**
   * The peer at an address: `'host:port'`, `'[::1]:port'` or `{ host, port }`. A host name is
   * looked up for its first call, and again when nobody answers; see `Lookup`. With a type, the
   * compiler checks calls and knows their results:
   * `endpoint.peer<typeof server>('127.0.0.1:1234')`. With a contract, calls are checked when they
   * are made, and results when they arrive.
   *
   * @throws AddressError when nothing can be sent to the address, or this socket cannot reach it;
   * SharedPortError when this endpoint shares its port; TooManyPeersError; EndpointClosedError.
   */
  peer<C extends AnyContract>(address: string | SocketAddress, contract: C): Peer<ContractApi<C>>;
  peer<T = AnyProcedures>(address: string | SocketAddress): PeerOf<T>;

  /**
   * The peers that the endpoint knows at this moment, at most `maxPeers`: those that it called or
   * was asked for, and those whose requests it ran. They are not those that it will remember: idle
   * ones are forgotten to make room. To list them changes nothing of that. A host name that is still
   * looked up is not among them; others are by the address that was found. Types and contract are
   * as with `peer`, and hold for all of them. Empty when the endpoint is closed.
   *
   * @throws SharedPortError when this endpoint shares its port.
   */
  peers<C extends AnyContract>(contract: C): Peer<ContractApi<C>>[];
  peers<T = AnyProcedures>(): PeerOf<T>[];

  /**
   * Notifies each of these peers, as `peer.notify` does; the arguments are checked and encoded once.
   * Gives the notifications, in the order of the peers. A peer that has no room drops its own.
   *
   * @throws What `peer.notify` throws for a mistake of the caller, before anybody is notified.
   */
  broadcast<PeerApi, P extends ProcedureName<PeerApi>>(
    peers: Iterable<Peer<PeerApi>>,
    procedure: P,
    ...rest: NotifyParameters<ArgumentsOf<PeerApi[P]>>
  ): Notification[];

  /**
   * Adds a listener for one type of report, or for all types with `'*'`. Reports of health
   * (`peer.silent`, …) are those of all its peers.
   */
  on<Type extends EndpointReport['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? EndpointReport : Extract<EndpointReport, { type: Type }>,
    ) => void,
  ): Subscription;

  /**
   * Attaches an XState inspection observer. It first gets every living endpoint, socket, peer,
   * call, notification and handler actor with its current state, and then all events until
   * `unsubscribe`. The first error that it throws is reported to `onError`; no error reaches the
   * endpoint.
   */
  inspect(observer: InspectionObserver): Subscription;

  /** The current counts and the state. */
  stats(): EndpointStats;

  /**
   * Takes no new requests: callers are told that none was run (`closing`). Procedures that run may
   * end, and calls that this endpoint makes go on. Resolves when no procedure runs any longer and
   * the last replies have left, which takes no longer than the longest time that a procedure may
   * run (`handlerTimeoutMs`, or its contract's `timeoutMs`). The endpoint then still calls, until it
   * is closed; it does not serve again. Never rejects. A second call gives the same promise.
   *
   * A procedure that awaits it waits for itself.
   */
  drain(): Promise<void>;

  /**
   * Closes the endpoint. Takes no new requests. Procedures that run may end and reply within
   * `graceMs`, by default `closeGraceMs`, and keep the process alive for so long. Until then calls
   * go on that are made through the scopes of such procedures (`scope.endpoint`), and they may make
   * more. All other calls are `cancelled` at once with an EndpointClosedError, and these at the end
   * of the grace. Then the socket is closed. Never rejects.
   *
   * A second call gives the same promise. Its `graceMs`, if it has one, counts from then, and
   * shortens the first one, but does not lengthen it. A procedure that awaits the close waits for
   * itself.
   *
   * @throws OptionError for an option that is unknown or out of bounds.
   */
  close(options?: CloseOptions): Promise<void>;

  /**
   * Lets the process end although the endpoint is open, as `unref()` of a socket of Node.js does.
   * Its socket and its timers do not keep the process alive then, whatever it does: serve, wait for
   * answers, run procedures. It works on for as long as something else keeps the process alive. A
   * process that ends so does not close it: peers learn nothing. No effect on a closed endpoint.
   */
  unref(): void;

  /** Undoes `unref`: the endpoint keeps the process alive until it is closed, as at first. */
  ref(): void;
}

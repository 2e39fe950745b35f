/** An endpoint, as users hold it. */
import type { Subscription } from 'xstate';
import type { InspectionObserver } from '../actor/inspection.js';
import type { SocketAddress } from '../address/address.js';
import type { AnyContract, ContractApi } from '../contract/contract.js';
import type { EndpointReport } from './endpoint-report.js';
import type { Peer } from './peer.js';
import type { AnyProcedures, Offered } from './procedures.js';
import type { EndpointStats } from './stats.js';

/** The procedures that `T` offers: `T` is an endpoint's type, or the type of its handlers. */
export type ApiOf<T> = T extends { readonly api: infer H } ? H : T;

/** A peer that offers what `T` offers: `PeerOf<typeof server>`. */
export type PeerOf<T> = Peer<ApiOf<T>>;

/** Any endpoint, whatever it offers. */
export type AnyEndpoint = Endpoint<unknown>;

/** One UDP socket, the procedures it serves, and the peers it calls. */
export interface Endpoint<Api = Offered> extends AsyncDisposable {
  /** For types alone: what peers can call here. Use `peer<typeof endpoint>(…)`. */
  readonly api: Api;

  /** The local address; `port` is the one that was found when 0 was asked for. */
  readonly address: SocketAddress;

  /**
   * The peer at an address: `'host:port'`, `'[::1]:port'` or `{ host, port }`. A host name is looked
   * up once; calls wait for it. With a type the compiler checks calls and knows results:
   * `endpoint.peer<typeof server>('127.0.0.1:1234')`. With a contract they are checked as they are made,
   * and results as they arrive.
   *
   * @throws AddressError when it is not an address to send to, or one this socket cannot reach;
   * SharedPortError when it shares its port; TooManyPeersError; EndpointClosedError.
   */
  peer<C extends AnyContract>(address: string | SocketAddress, contract: C): Peer<ContractApi<C>>;
  peer<T = AnyProcedures>(address: string | SocketAddress): PeerOf<T>;

  /** Hears what becomes of frames and requests; '*' hears everything. */
  on<Type extends EndpointReport['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? EndpointReport : Extract<EndpointReport, { type: Type }>,
    ) => void,
  ): Subscription;

  /**
   * Attaches an XState inspection observer: it is told of every endpoint, socket, peer, call and handler actor that
   * lives, with its present state, and then of all that happens until `unsubscribe`. What it throws is
   * reported once, and goes no further.
   */
  inspect(observer: InspectionObserver): Subscription;

  /** Counts, as of now. */
  stats(): EndpointStats;

  /**
   * Closes the endpoint: every open call is `cancelled` with an EndpointClosedError, procedures that
   * run may end and reply within `closeGraceMs`, then the socket is closed. Never rejects; closing
   * twice gives the same promise.
   */
  close(): Promise<void>;
}

/**
 * Scoped endpoint: the endpoint as the scope of a procedure has it. Calls that are made through it
 * belong to the procedure's request: while the endpoint closes, they live as long as it runs.
 */
import type { Subscription } from 'xstate';
import type { InspectionObserver, Tap } from '../actor/inspection.js';
import type { SocketAddress } from '../address/address.js';
import type { CloseOptions } from '../api/close-options.js';
import type { EndpointReport } from '../api/endpoint-report.js';
import type { Endpoint } from '../api/endpoint.js';
import type { Notification } from '../api/notification.js';
import type { NotifyParameters, Peer } from '../api/peer.js';
import type { ArgumentsOf, Offered, ProcedureName } from '../api/procedures.js';
import type { EndpointStats } from '../api/stats.js';
import { CALL_KEEPER } from '../call/call-keeper.js';
import type { CallKeeper, KeepsCalls } from '../call/call-keeper.js';
import type { ParentRequest } from '../call/parent-request.js';
import type { offered } from '../contract/api.js';
import type { AnyContract } from '../contract/contract.js';
import { shareAmongCopies } from '../copies/shared-class.js';
import type { ServingEndpoint } from '../handler/scope.js';
import { MEASURES } from './measured-endpoint.js';
import type { Measurable, Measures } from './measured-endpoint.js';
import { TAP } from './tapped-endpoint.js';
import type { Tappable, TappedEndpoint } from './tapped-endpoint.js';

/** The endpoint that scoped ones stand for. */
export interface ScopableEndpoint extends Endpoint, Tappable, Measurable, KeepsCalls {
  /** A peer whose calls belong to the request `parent`. Throws like `peer`. */
  peerFor(
    parent: ParentRequest,
    address: string | SocketAddress,
    contract: AnyContract | undefined,
  ): Peer;

  /** The peers that are known. Their calls belong to the request `parent`. Throws like `peers`. */
  peersFor(parent: ParentRequest, contract: AnyContract | undefined): Peer[];

  /** Restores calls that belong to the request `parent` from then on. */
  callKeeperFor(parent: ParentRequest): CallKeeper;
}

export class ScopedEndpoint implements ServingEndpoint, Tappable, Measurable, KeepsCalls {
  static {
    shareAmongCopies('ScopedEndpoint', this);
  }

  declare readonly [offered]: Offered;
  readonly #endpoint: ScopableEndpoint;
  readonly #request: ParentRequest;
  /** Made for the first who asks for it. */
  #caller: Peer | undefined;

  constructor(endpoint: ScopableEndpoint, request: ParentRequest) {
    this.#endpoint = endpoint;
    this.#request = request;
  }

  peer(address: string | SocketAddress, contract?: AnyContract): Peer {
    return this.#endpoint.peerFor(this.#request, address, contract);
  }

  peers(contract?: AnyContract): Peer[] {
    return this.#endpoint.peersFor(this.#request, contract);
  }

  callerAt(sender: SocketAddress): Peer {
    return (this.#caller ??= this.peer(sender));
  }

  broadcast<PeerApi, P extends ProcedureName<PeerApi>>(
    peers: Iterable<Peer<PeerApi>>,
    procedure: P,
    ...rest: NotifyParameters<ArgumentsOf<PeerApi[P]>>
  ): Notification[] {
    return this.#endpoint.broadcast(peers, procedure, ...rest);
  }

  get address(): SocketAddress {
    return this.#endpoint.address;
  }

  on<Type extends EndpointReport['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? EndpointReport : Extract<EndpointReport, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.#endpoint.on(type, listener);
  }

  inspect(observer: InspectionObserver): Subscription {
    return this.#endpoint.inspect(observer);
  }

  [TAP](tap: Tap): TappedEndpoint {
    return this.#endpoint[TAP](tap);
  }

  get [MEASURES](): Measures {
    return this.#endpoint[MEASURES];
  }

  get [CALL_KEEPER](): CallKeeper {
    return this.#endpoint.callKeeperFor(this.#request);
  }

  stats(): EndpointStats {
    return this.#endpoint.stats();
  }

  unref(): void {
    this.#endpoint.unref();
  }

  ref(): void {
    this.#endpoint.ref();
  }

  drain(): Promise<void> {
    return this.#endpoint.drain();
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#endpoint.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

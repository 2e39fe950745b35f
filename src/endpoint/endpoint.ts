/** Endpoint: opens its parts, gives peers to the user, and closes everything in order. */
import { shareAmongCopies } from '../copies/shared-class.js';
import type { ActorRefLike, Subscription } from 'xstate';
import type { InspectionObserver, Tap } from '../actor/inspection.js';
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type {
  ContractedEndpointOptions,
  EndpointOptions,
  Serving,
} from '../api/endpoint-options.js';
import type { EndpointReport } from '../api/endpoint-report.js';
import type { CloseOptions } from '../api/close-options.js';
import type { Endpoint } from '../api/endpoint.js';
import type { Fate } from '../api/fate.js';
import type { Handlers, OnlyProcedures } from '../api/handlers.js';
import type { AnyMiddleware, ContextOf } from '../api/middleware.js';
import type { Notification } from '../api/notification.js';
import type { NotifyOptions } from '../api/notify-options.js';
import type { Peer } from '../api/peer.js';
import type { Offered, OfferedBy } from '../api/procedures.js';
import type { EndpointStats } from '../api/stats.js';
import { CALL_KEEPER } from '../call/call-keeper.js';
import type { CallKeeper } from '../call/call-keeper.js';
import type { CallActor } from '../call/call.js';
import type { ParentRequest } from '../call/parent-request.js';
import type { offered } from '../contract/api.js';
import { requireContract } from '../contract/contract.js';
import type { AnyContract, ContractedApi } from '../contract/contract.js';
import { EndpointClosedError } from '../errors.js';
import { broadcast } from '../peer/broadcast.js';
import { PeerHandle } from '../peer/handle.js';
import { Closing } from './closing.js';
import { holdPeer, holdPeers } from './hold-peer.js';
import { KeptCalls } from './kept-calls.js';
import { MEASURES } from './measured-endpoint.js';
import type { Measures } from './measured-endpoint.js';
import { buildParts } from './parts.js';
import type { GivenOptions } from './options.js';
import type { Parts } from './parts.js';
import type { ScopableEndpoint } from './scoped-endpoint.js';
import { statsOf } from './stats.js';
import { TAP } from './tapped-endpoint.js';
import type { TappedEndpoint } from './tapped-endpoint.js';

/**
 * Opens an endpoint: binds its socket and then serves `handlers`. With a `contract`, the handlers
 * must be exactly its procedures, and their arguments and results are checked.
 *
 * Rejects with an OptionError for an option that is unknown or out of bounds, an AddressError for a
 * bad `host` or `port`, a ContractError for handlers that do not match the contract, and a
 * BindError when the socket cannot be bound to the address.
 */
export function createEndpoint<
  C extends AnyContract,
  const Use extends readonly AnyMiddleware[] = readonly AnyMiddleware[],
>(options: ContractedEndpointOptions<C, Use>): Promise<Endpoint<ContractedApi<C>>>;
export function createEndpoint<
  H extends Offered = Offered,
  const Use extends readonly AnyMiddleware[] = readonly AnyMiddleware[],
>(options?: EndpointOptions<H, Use> & Serving<Handlers<ContextOf<Use>>>): Promise<Endpoint<H>>;
export function createEndpoint<
  I extends OfferedBy<I>,
  const Use extends readonly AnyMiddleware[] = readonly AnyMiddleware[],
>(
  options: EndpointOptions<I, Use> & Serving<OnlyProcedures<I, ContextOf<Use>>>,
): Promise<Endpoint<I>>;
export async function createEndpoint(options: GivenOptions = {}): Promise<Endpoint> {
  const endpoint = new EndpointSystem(options);
  await endpoint.open();
  return endpoint;
}

/** @internal The endpoint that `createEndpoint` gives. */
export class EndpointSystem implements ScopableEndpoint {
  static {
    shareAmongCopies('EndpointSystem', this);
  }

  declare readonly [offered]: Offered;

  readonly #parts: Parts;
  readonly #closing: Closing;
  #address: SocketAddress | undefined;

  constructor(options: GivenOptions) {
    this.#parts = buildParts(options, this);
    this.#closing = new Closing(this.#parts, (error) => {
      const { reports } = this.#parts;
      reports.emit({ type: 'endpoint.closed', error });
      reports.clear();
    });
  }

  /** Binds the socket and starts to serve. Rejects with a BindError. */
  async open(): Promise<void> {
    const { answers, inbox, probes, root, socket } = this.#parts;
    try {
      this.#address = await socket.open({
        answers,
        inbox,
        probes,
        frameSettled: (fate, host, port) => {
          this.#frameSettled(fate, host, port);
        },
        socketFailed: (error) => {
          this.#closing.fail(error);
        },
      });
    } catch (error) {
      await this.close();
      throw error;
    }
    root.send({ type: 'opened', address: formatAddress(this.#address) });
  }

  get address(): SocketAddress {
    if (this.#address === undefined) throw new EndpointClosedError();
    return this.#address;
  }

  peer(address: string | SocketAddress, contract?: AnyContract): Peer {
    return this.peerFor(undefined, address, contract);
  }

  peerFor(
    parent: ParentRequest | undefined,
    address: string | SocketAddress,
    contract: AnyContract | undefined,
  ): Peer {
    const own = requireContract(contract);
    return new PeerHandle(holdPeer(this.#parts, parent, address), own, parent);
  }

  peers(contract?: AnyContract): Peer[] {
    return this.peersFor(undefined, contract);
  }

  peersFor(parent: ParentRequest | undefined, contract: AnyContract | undefined): Peer[] {
    const own = requireContract(contract);
    return holdPeers(this.#parts).map((held) => new PeerHandle(held, own, parent));
  }

  broadcast(
    peers: Iterable<unknown>,
    procedure: string,
    args: readonly unknown[] = [],
    options?: NotifyOptions,
  ): Notification[] {
    const { caller } = this.#parts;
    return broadcast(peers, procedure, args, options, (parent) => {
      caller.requireOpen(parent);
    });
  }

  on<Type extends EndpointReport['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? EndpointReport : Extract<EndpointReport, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.#parts.reports.on(type, listener as (report: EndpointReport) => void);
  }

  inspect(observer: InspectionObserver): Subscription {
    return this.#parts.engine.inspection.attach(observer, this.#livingActors());
  }

  [TAP](tap: Tap): TappedEndpoint {
    if (this.#closing.begun) throw new EndpointClosedError();
    const { engine, inbox, peers } = this.#parts;
    const subscription = engine.inspection.attachTap(tap);
    return {
      clock: engine.clock,
      random: engine.random,
      peers: () => peers.all(),
      calls: () => [...peers.all().flatMap((peer) => peer.queuedCalls()), ...this.#sentCalls],
      notifications: () => peers.all().flatMap((peer) => peer.openNotifications()),
      handlers: () => inbox.handlers(),
      unsubscribe: () => {
        subscription.unsubscribe();
      },
    };
  }

  get [MEASURES](): Measures {
    return this.#parts.engine;
  }

  get [CALL_KEEPER](): CallKeeper {
    return this.callKeeperFor(undefined);
  }

  callKeeperFor(parent: ParentRequest | undefined): CallKeeper {
    return new KeptCalls(this.#parts, parent);
  }

  /** The calls of the ledger that do not wait with their peers. */
  get #sentCalls(): CallActor[] {
    return this.#parts.outstanding.all().filter(({ state }) => state !== 'queued');
  }

  /** All living actors, parents before their children. */
  *#livingActors(): Generator<ActorRefLike> {
    const { inbox, peers, root, socket } = this.#parts;
    yield root;
    yield socket.ref;
    for (const peer of peers.all()) {
      yield peer.ref;
      yield* peer.queuedCalls();
      yield* peer.openNotifications();
    }
    yield* this.#sentCalls;
    yield* inbox.handlers();
  }

  stats(): EndpointStats {
    return statsOf(this.#parts);
  }

  unref(): void {
    if (this.#closing.begun) return;
    this.#parts.transport.unref?.();
    this.#parts.engine.alarms.unref();
  }

  ref(): void {
    if (this.#closing.begun) return;
    this.#parts.transport.ref?.();
    this.#parts.engine.alarms.ref();
  }

  drain(): Promise<void> {
    return this.#closing.drain();
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#closing.close(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #frameSettled(fate: Fate, host: string, port: number): void {
    const { reports } = this.#parts;
    if (!reports.hears('frame.settled')) return;
    reports.emit({ type: 'frame.settled', fate, from: { host, port } });
  }
}

/** Peer table: the peers that an endpoint knows. There is one actor for each canonical address. */
import { formatAddress } from '../address/address.js';
import type { ParsedAddress, SocketAddress } from '../address/address.js';
import type { HandlerOwners } from '../handler/owner.js';
import { overloaded } from '../handler/refusal.js';
import type { Refusal } from '../handler/refusal.js';
import type { Share } from '../handler/share.js';
import { TooManyPeersError } from '../errors.js';
import type { PeerActor } from './actor.js';
import type { EvictionOrder } from './eviction-order.js';
import type { HeldActor } from './held-actor.js';
import { HeldAddress } from './held-address.js';
import type { AddressedPeers } from './held-address.js';
import type { HostNameOptions, NamedPeers } from './host-name.js';
import { Names } from './names.js';
import { Stranger } from './stranger.js';
import type { StrangerKit } from './stranger.js';

/** Makes the actor of a peer. `lookUp` asks for the IP address when the host is a name. */
type MakePeer = (address: SocketAddress, friend: boolean, lookUp?: () => void) => PeerActor;

export interface PeerTableOptions extends HostNameOptions {
  readonly maxPeers: number;
  /** The share of the places that one network may have. */
  readonly share: Share;
  readonly evictionOrder: EvictionOrder<PeerActor>;
  readonly strangers: Omit<StrangerKit, 'admit'>;
  readonly makePeer: MakePeer;
}

export class PeerTable implements HandlerOwners, NamedPeers, AddressedPeers {
  readonly #options: PeerTableOptions;
  readonly #strangers: StrangerKit;
  readonly #names: Names;
  /** Only `close` writes it. */
  closed = false;
  /** Bounded by `maxPeers`. */
  readonly #peers = new Set<PeerActor>();
  /** The peers whose IP address is known, by that address. */
  readonly #byAddress = new Map<string, PeerActor>();
  /** The peer that was found last. It is often asked for again, as by all frames of a bundle. */
  #lastFound: PeerActor | undefined;

  constructor(options: PeerTableOptions) {
    this.#options = options;
    this.#strangers = {
      ...options.strangers,
      admit: (stranger) => this.#admitStranger(stranger),
    };
    this.#names = new Names(this, options);
  }

  get size(): number {
    return this.#peers.size;
  }

  all(): PeerActor[] {
    return [...this.#peers];
  }

  find(host: string, port: number): PeerActor | undefined {
    const last = this.#lastFound;
    if (last?.port === port && last.host === host) return last;
    this.#lastFound = this.#byAddress.get(formatAddress({ host, port }));
    return this.#lastFound;
  }

  known(host: string, port: number): PeerActor | undefined {
    const peer = this.find(host, port);
    if (peer !== undefined) this.#options.evictionOrder.befriend(peer);
    return peer;
  }

  at(host: string, port: number): PeerActor | undefined {
    const known = this.known(host, port);
    if (known !== undefined) return known;
    const hasRoom = this.#makeRoom(this.#options.evictionOrder.firstForUser());
    return hasRoom ? this.#addAt({ host, port }, true) : undefined;
  }

  require(host: string, port: number): PeerActor {
    const peer = this.at(host, port);
    if (peer === undefined) throw new TooManyPeersError(this.#options.maxPeers);
    return peer;
  }

  stranger(host: string, port: number): Stranger {
    return new Stranger(this.#strangers, host, port);
  }

  /**
   * The peer at an address or host name, for a handle that may outlive its actor.
   *
   * @throws TooManyPeersError when there are `maxPeers` peers, and all are in use.
   */
  hold(address: ParsedAddress): HeldActor {
    return address.kind === 'name' ? this.#names.hold(address) : this.#holdAddress(address);
  }

  /** The peers whose address is known, for handles. That these are held changes nothing here. */
  heldNow(): HeldActor[] {
    return [...this.#byAddress.values()]
      .filter(({ forgotten }) => !forgotten)
      .map((actor) => this.#held(actor, actor));
  }

  #holdAddress({ host, port }: SocketAddress): HeldAddress {
    return this.#held(this.require(host, port), { host, port });
  }

  #held(actor: PeerActor, { host, port }: SocketAddress): HeldAddress {
    return new HeldAddress(this, { host, port }, actor, this.#options.reportError);
  }

  /** From now on no forgotten peer gets a new actor. Known peers can finish their work. */
  close(): void {
    this.closed = true;
  }

  forgetAll(): void {
    for (const peer of this.#peers) peer.forget();
    this.#names.clear();
  }

  admitNamed(name: SocketAddress, lookUp: () => void): PeerActor {
    const hasRoom = this.#makeRoom(this.#options.evictionOrder.firstForUser());
    if (!hasRoom) throw new TooManyPeersError(this.#options.maxPeers);
    const peer = this.#options.makePeer(name, true, lookUp);
    this.#add(peer);
    return peer;
  }

  located(peer: PeerActor, host: string): void {
    this.#byAddress.set(formatAddress({ host, port: peer.port }), peer);
  }

  replaced(peer: PeerActor): void {
    this.#remove(peer);
  }

  #admitStranger({ host, port, origin }: Stranger): PeerActor | Refusal {
    const { evictionOrder, maxPeers, share } = this.#options;
    if (this.#makeRoom(evictionOrder.firstForStranger(origin))) {
      return this.#addAt({ host, port }, false);
    }
    return evictionOrder.hasShare(origin)
      ? share.refusalOfNetwork
      : overloaded('maxPeers', maxPeers);
  }

  #addAt(address: SocketAddress, friend: boolean): PeerActor {
    const peer = this.#options.makePeer(address, friend);
    this.#byAddress.set(peer.address, peer);
    this.#add(peer);
    return peer;
  }

  #add(peer: PeerActor): void {
    this.#peers.add(peer);
    this.#options.evictionOrder.add(peer);
  }

  /** Makes room for one more peer. `first` is forgotten if that is needed. */
  #makeRoom(first: PeerActor | undefined): boolean {
    if (this.#peers.size < this.#options.maxPeers) return true;
    if (first === undefined) return false;
    this.#byAddress.delete(first.address);
    this.#lastFound = undefined;
    this.#remove(first);
    first.forget();
    return true;
  }

  #remove(peer: PeerActor): void {
    this.#peers.delete(peer);
    this.#options.evictionOrder.remove(peer);
  }
}

/** Peer table: the peers that an endpoint knows. There is one actor for each canonical address. */
import { formatAddress } from '../address/address.js';
import type { ParsedAddress, SocketAddress } from '../address/address.js';
import type { HandlerOwners } from '../handler/owner.js';
import { overloaded } from '../handler/refusal.js';
import type { Refusal } from '../handler/refusal.js';
import type { Share } from '../handler/share.js';
import { asError, TooManyPeersError } from '../errors.js';
import type { PeerActor } from './actor.js';
import type { EvictionOrder } from './eviction-order.js';
import type { HeldActor } from './handle.js';
import { Stranger } from './stranger.js';
import type { StrangerKit } from './stranger.js';

/** Makes the actor of a peer. `lookUp` finds the IP address when the host is a name. */
type MakePeer = (
  address: SocketAddress,
  friend: boolean,
  lookUp?: (peer: PeerActor) => void,
) => PeerActor;

export interface PeerTableOptions {
  readonly maxPeers: number;
  /** The share of the places that one network may have. */
  readonly share: Share;
  readonly evictionOrder: EvictionOrder<PeerActor>;
  readonly strangers: Omit<StrangerKit, 'admit'>;
  readonly makePeer: MakePeer;
  readonly lookUp: (name: string) => Promise<string>;
}

export class PeerTable implements HandlerOwners {
  readonly #options: PeerTableOptions;
  readonly #strangers: StrangerKit;
  #closed = false;
  /** Bounded by `maxPeers`. */
  readonly #peers = new Set<PeerActor>();
  /** The peers whose IP address is known, by that address. */
  readonly #byAddress = new Map<string, PeerActor>();
  /** The peer that was found last. It is often asked for again, as by all frames of a bundle. */
  #lastFound: PeerActor | undefined;
  /** The peers of host names. Bounded by `maxPeers`. The oldest are removed first. */
  readonly #byName = new Map<string, PeerActor>();

  constructor(options: PeerTableOptions) {
    this.#options = options;
    this.#strangers = {
      ...options.strangers,
      admit: (stranger) => this.#admitStranger(stranger),
    };
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

  /** The peer at an address or host name, if it is known. */
  known(address: ParsedAddress): PeerActor | undefined {
    const peer =
      address.kind === 'name'
        ? this.#byName.get(formatAddress(address))
        : this.find(address.host, address.port);
    return peer?.forgotten === true ? undefined : peer;
  }

  stranger(host: string, port: number): Stranger {
    return new Stranger(this.#strangers, host, port);
  }

  /**
   * The peer at an address or host name. A name is looked up once while its peer is known.
   *
   * @throws TooManyPeersError when there are `maxPeers` peers, and all are in use.
   */
  get(address: ParsedAddress): PeerActor {
    const known = this.known(address);
    if (known !== undefined) {
      this.#options.evictionOrder.befriend(known);
      return known;
    }
    if (!this.#makeRoom(this.#options.evictionOrder.firstForUser)) {
      throw new TooManyPeersError(this.#options.maxPeers);
    }
    return this.#addNew(address);
  }

  /**
   * The peer at an address or host name, for a handle that may outlive its actor.
   *
   * @throws TooManyPeersError
   */
  hold(address: ParsedAddress): HeldActor {
    let actor = this.get(address);
    return {
      last: () => {
        if (actor.forgotten) actor = this.known(address) ?? actor;
        return actor;
      },
      living: () => {
        if (actor.forgotten && !this.#closed) actor = this.get(address);
        return actor;
      },
    };
  }

  /** From now on no forgotten peer gets a new actor. Known peers can finish their work. */
  close(): void {
    this.#closed = true;
  }

  forgetAll(): void {
    for (const peer of this.#peers) peer.forget();
  }

  #addNew(address: ParsedAddress): PeerActor {
    if (address.kind !== 'name') return this.#addAt(address, true);
    const peer = this.#options.makePeer(
      address,
      true,
      (asking) => void this.#lookUp(asking, address),
    );
    this.#add(peer);
    this.#rememberName(formatAddress(address), peer);
    return peer;
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

  #rememberName(name: string, peer: PeerActor): void {
    this.#byName.delete(name);
    this.#byName.set(name, peer);
    if (this.#byName.size <= this.#options.maxPeers) return;
    const [oldest] = this.#byName.keys();
    if (oldest !== undefined) this.#byName.delete(oldest);
  }

  async #lookUp(peer: PeerActor, address: SocketAddress): Promise<void> {
    try {
      const host = await this.#options.lookUp(address.host);
      if (!peer.forgotten) this.#found(peer, address, host);
    } catch (error) {
      peer.unresolved(asError(error));
    }
  }

  /**
   * Each address has one actor. If a name has the address of a known peer, that peer takes over.
   */
  #found(peer: PeerActor, name: SocketAddress, host: string): void {
    const heir = this.find(host, name.port);
    if (heir === undefined) {
      this.#byAddress.set(formatAddress({ host, port: name.port }), peer);
      peer.resolved(host);
      return;
    }
    this.#rememberName(formatAddress(name), heir);
    this.#options.evictionOrder.befriend(heir);
    peer.handOver(heir);
    this.#remove(peer);
  }
}

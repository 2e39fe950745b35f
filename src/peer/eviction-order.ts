/**
 * Eviction order: which peer is forgotten to make room for another. Strangers go first: peers that
 * only asked. Friends go last: peers that this endpoint called, or whose handle its user took. Of
 * both, the one that was in use least recently goes first. A peer in use is never forgotten. All
 * this takes the same time for any number of peers, apart from one look at each that came into use.
 */
import { LinkedList } from '../call/linked-list.js';
import type { Linked } from '../call/linked-list.js';
import type { Origin } from '../handler/origin.js';
import { NetworkStrangers } from './network-strangers.js';

/** The members of a peer that decide when it is forgotten. `Self` is its own type. */
export interface Evictable<Self extends Linked<Self>> extends Linked<Self> {
  /** Its host; undefined on this machine itself, and while it is looked up. */
  readonly origin: Origin | undefined;
  /** Whether this endpoint called it, or its user took its handle. Only the order writes it. */
  friend: boolean;
  /** The strangers of its network, if it is one of them. Only the order writes it. */
  strangers: NetworkStrangers<Self> | undefined;
  /** Whether it has open calls, running procedures or listeners. */
  readonly inUse: boolean;
}

/** One in so many places is kept for strangers, however many friends there are. */
const PLACES_PER_STRANGER = 16;

export class EvictionOrder<Peer extends Evictable<Peer>> {
  readonly #leastStrangers: number;
  readonly #mostOfNetwork: number;
  #strangers = 0;
  /** The friends. Those in use may be missing. */
  readonly #friends = new LinkedList<Peer>();
  /** The networks with strangers. Those with all in use may be missing. The least recent is first. */
  readonly #networks = new LinkedList<NetworkStrangers<Peer>>();
  /** By network. This machine's own strangers are under undefined. Bounded by the strangers. */
  readonly #byNetwork = new Map<Origin | undefined, NetworkStrangers<Peer>>();

  /**
   * @param maxPeers the places there are
   * @param mostOfNetwork the most of them that the strangers of one network may have
   */
  constructor(maxPeers: number, mostOfNetwork: number) {
    this.#leastStrangers = Math.max(Math.floor(maxPeers / PLACES_PER_STRANGER), 1);
    this.#mostOfNetwork = mostOfNetwork < maxPeers ? mostOfNetwork : Infinity;
  }

  /** A new peer has a place. */
  add(peer: Peer): void {
    if (!peer.friend) this.#join(peer);
    if (!peer.inUse) this.unused(peer);
  }

  /** The endpoint's user wants this peer. */
  befriend(peer: Peer): void {
    if (!peer.friend) {
      this.remove(peer);
      peer.friend = true;
    }
    if (!peer.inUse) this.unused(peer);
  }

  /** The peer is not in use any more. Of its kind it goes last. */
  unused(peer: Peer): void {
    const { friend, strangers } = peer;
    if (friend) this.#friends.putLast(peer);
    else if (strangers !== undefined) {
      strangers.idle.putLast(peer);
      this.#networks.putLast(strangers);
    }
  }

  /** The peer has lost its place. */
  remove(peer: Peer): void {
    const { strangers } = peer;
    if (strangers === undefined) {
      this.#friends.delete(peer);
      return;
    }
    strangers.idle.delete(peer);
    if (strangers.idle.size === 0) this.#networks.delete(strangers);
    this.#leave(peer, strangers);
  }

  /** The peer that goes first when the endpoint's user needs a place; undefined if all are in use. */
  firstForUser(): Peer | undefined {
    return this.#firstStranger() ?? firstIdle(this.#friends);
  }

  /**
   * The peer that goes first when a stranger needs a place. A network that has its share makes room
   * for its own strangers; while there are few strangers, a friend makes room.
   */
  firstForStranger(origin: Origin | undefined): Peer | undefined {
    if (this.hasShare(origin)) {
      const network = this.#byNetwork.get(origin?.ofNetwork);
      return network && firstIdle(network.idle);
    }
    const friend = this.#strangers < this.#leastStrangers ? firstIdle(this.#friends) : undefined;
    return friend ?? this.firstForUser();
  }

  #firstStranger(): Peer | undefined {
    for (;;) {
      const network = this.#networks.first;
      if (network === undefined) return undefined;
      const first = firstIdle(network.idle);
      if (first !== undefined) return first;
      this.#networks.delete(network);
    }
  }

  /** Whether the network of this host has its share of the places. */
  hasShare(origin: Origin | undefined): boolean {
    const network = this.#byNetwork.get(origin?.ofNetwork);
    return origin !== undefined && network !== undefined && network.size >= this.#mostOfNetwork;
  }

  #join(peer: Peer): void {
    const key = peer.origin?.ofNetwork;
    let strangers = this.#byNetwork.get(key);
    if (strangers === undefined) this.#byNetwork.set(key, (strangers = new NetworkStrangers(key)));
    strangers.size += 1;
    this.#strangers += 1;
    peer.strangers = strangers;
  }

  #leave(peer: Peer, strangers: NetworkStrangers<Peer>): void {
    peer.strangers = undefined;
    this.#strangers -= 1;
    strangers.size -= 1;
    if (strangers.size === 0) this.#byNetwork.delete(strangers.network);
  }
}

/**
 * The first peer that is not in use. Those that came into use are taken out of the list only here,
 * each once: a peer that is asked and answers at once costs nothing.
 */
function firstIdle<Peer extends Evictable<Peer>>(peers: LinkedList<Peer>): Peer | undefined {
  while (peers.first?.inUse === true) peers.shift();
  return peers.first;
}

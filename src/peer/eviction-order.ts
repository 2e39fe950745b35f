/**
 * Eviction order: which peer is forgotten to make room for another. Strangers go first: peers that
 * only asked. Friends go last: peers that this endpoint called, or whose handle its user took. Of
 * both, the one that was in use least recently goes first. A peer in use is never forgotten. All
 * this takes the same time for any number of peers.
 */
import { LinkedList } from '../call/linked-list.js';
import type { Linked } from '../call/linked-list.js';
import type { Origin } from '../handler/origin.js';
import { NetworkStrangers } from './network-strangers.js';

/** The members of a peer that decide when it is forgotten. `Self` is its own type. */
export interface Evictable<Self> extends Linked<Self> {
  /** Its host; undefined on this machine itself, and while it is looked up. */
  readonly origin: Origin | undefined;
  /** Whether this endpoint called it, or its user took its handle. Only the order writes it. */
  friend: boolean;
  /** Whether it has open calls, running procedures or listeners. */
  readonly inUse: boolean;
}

/** One in so many places is kept for strangers, however many friends there are. */
const PLACES_PER_STRANGER = 16;

export class EvictionOrder<Peer extends Evictable<Peer>> {
  readonly #leastStrangers: number;
  readonly #mostOfNetwork: number;
  #strangers = 0;
  /** The friends that are not in use. */
  readonly #friends = new LinkedList<Peer>();
  /** The networks with strangers that are not in use. The network heard least recently is first. */
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
    if (!peer.friend) this.#countStranger(peer, 1);
    if (!peer.inUse) this.unused(peer);
  }

  /** The endpoint's user wants this peer. */
  befriend(peer: Peer): void {
    if (!peer.friend) {
      this.used(peer);
      this.#countStranger(peer, -1);
      peer.friend = true;
    }
    if (peer.inUse) return;
    this.#friends.delete(peer);
    this.#friends.push(peer);
  }

  /** The peer is in use, and cannot be forgotten. */
  used(peer: Peer): void {
    if (this.#friends.delete(peer) || peer.friend) return;
    const network = this.#networkOf(peer);
    if (network.idle.delete(peer) && network.idle.size === 0) this.#networks.delete(network);
  }

  /** The peer is not in use any more. Of its kind it goes last. */
  unused(peer: Peer): void {
    if (peer.friend) {
      this.#friends.push(peer);
      return;
    }
    const network = this.#networkOf(peer);
    network.idle.push(peer);
    this.#networks.delete(network);
    this.#networks.push(network);
  }

  /** The peer has lost its place. */
  remove(peer: Peer): void {
    this.used(peer);
    if (!peer.friend) this.#countStranger(peer, -1);
  }

  /** The peer that goes first when the endpoint's user needs a place; undefined if all are in use. */
  get firstForUser(): Peer | undefined {
    return this.#networks.first?.idle.first ?? this.#friends.first;
  }

  /**
   * The peer that goes first when a stranger needs a place. A network that has its share makes room
   * for its own strangers; while there are few strangers, a friend makes room.
   */
  firstForStranger(origin: Origin | undefined): Peer | undefined {
    const network = this.#byNetwork.get(origin?.ofNetwork);
    if (this.hasShare(origin)) return network?.idle.first;
    if (this.#strangers < this.#leastStrangers) return this.#friends.first ?? this.firstForUser;
    return this.firstForUser;
  }

  /** Whether the network of this host has its share of the places. */
  hasShare(origin: Origin | undefined): boolean {
    const network = this.#byNetwork.get(origin?.ofNetwork);
    return origin !== undefined && network !== undefined && network.size >= this.#mostOfNetwork;
  }

  #networkOf({ origin }: Peer): NetworkStrangers<Peer> {
    const key = origin?.ofNetwork;
    let network = this.#byNetwork.get(key);
    if (network === undefined) this.#byNetwork.set(key, (network = new NetworkStrangers()));
    return network;
  }

  #countStranger(peer: Peer, change: 1 | -1): void {
    const network = this.#networkOf(peer);
    this.#strangers += change;
    network.size += change;
    if (network.size === 0) this.#byNetwork.delete(peer.origin?.ofNetwork);
  }
}

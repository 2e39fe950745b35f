/** Peer table: the peers that an endpoint knows. There is one actor for each canonical address. */
import { formatAddress } from '../address/address.js';
import type { ParsedAddress, SocketAddress } from '../address/address.js';
import type { AtMostOnce } from '../api/endpoint-options.js';
import type { HandlerOwners } from '../handler/owner.js';
import { TooManyPeersError } from '../errors.js';
import type { PeerActor } from './actor.js';
import type { HeldActor } from './handle.js';
import type { HostNameOptions, NamedPeers } from './host-name.js';
import { Names } from './names.js';

/**
 * The most peers that are checked for idleness to make room for an unknown sender. This limits the
 * cost of forged source addresses.
 */
const MAX_TRIES_FOR_STRANGERS = 16;

/** Makes the actor of a peer. `lookUp` asks for the IP address when the host is a name. */
type MakePeer = (address: SocketAddress, lookUp?: () => void) => PeerActor;

export interface PeerTableOptions extends HostNameOptions {
  readonly maxPeers: number;
  /** With `'strict'`, a peer is never forgotten while one of its requests is remembered. */
  readonly atMostOnce: AtMostOnce;
  readonly makePeer: MakePeer;
}

export class PeerTable implements HandlerOwners, NamedPeers {
  readonly #options: PeerTableOptions;
  readonly #names: Names;
  /** Only `close` writes it. */
  closed = false;
  #forgottenEarly = 0;
  /** Bounded by `maxPeers`. To make room, peers are tried in this order. */
  readonly #peers = new Set<PeerActor>();
  /** The peers whose IP address is known, by that address. */
  readonly #byAddress = new Map<string, PeerActor>();
  /** The peer that was found last. It is often asked for again, as by all frames of a bundle. */
  #lastFound: PeerActor | undefined;

  constructor(options: PeerTableOptions) {
    this.#options = options;
    this.#names = new Names(this, options);
  }

  /** Requests that were forgotten with their peers, before the end of their replay window. */
  get forgottenEarly(): number {
    return this.#forgottenEarly;
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

  at(host: string, port: number): PeerActor | undefined {
    return this.find(host, port) ?? this.#admitAddress({ host, port }, Infinity);
  }

  /** Makes a peer for an unknown address. Gives undefined if there is no room for it. */
  admitStranger(host: string, port: number): PeerActor | undefined {
    return this.#admitAddress({ host, port }, MAX_TRIES_FOR_STRANGERS);
  }

  /**
   * The peer at an address or host name, for a handle that may outlive its actor.
   *
   * @throws TooManyPeersError when there are `maxPeers` peers, and none can be forgotten.
   */
  hold(address: ParsedAddress): HeldActor {
    return address.kind === 'name' ? this.#names.hold(address) : this.#holdAddress(address);
  }

  #holdAddress({ host, port }: SocketAddress): HeldActor {
    let actor = this.#require(this.at(host, port));
    const living = (): PeerActor => {
      if (actor.forgotten && !this.closed) actor = this.#require(this.at(host, port));
      return actor;
    };
    return {
      last: () => {
        if (actor.forgotten) actor = this.find(host, port) ?? actor;
        return actor;
      },
      living,
      reports: () => living().reports,
      name: undefined,
    };
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
    return this.#require(this.#admit(name, Infinity, lookUp));
  }

  located(peer: PeerActor, host: string): void {
    this.#byAddress.set(formatAddress({ host, port: peer.port }), peer);
  }

  replaced(peer: PeerActor): void {
    this.#peers.delete(peer);
  }

  #require(peer: PeerActor | undefined): PeerActor {
    if (peer === undefined) throw new TooManyPeersError(this.#options.maxPeers);
    return peer;
  }

  #admitAddress(address: SocketAddress, maxTries: number): PeerActor | undefined {
    const peer = this.#admit(address, maxTries);
    if (peer !== undefined) this.#byAddress.set(peer.address, peer);
    return peer;
  }

  #admit(address: SocketAddress, maxTries: number, lookUp?: () => void): PeerActor | undefined {
    if (this.#peers.size >= this.#options.maxPeers && !this.#makeRoom(maxTries)) return undefined;
    const peer = this.#options.makePeer(address, lookUp);
    this.#peers.add(peer);
    return peer;
  }

  /** An unknown sender displaces only idle peers, the endpoint's user also expendable ones. */
  #makeRoom(maxTries: number): boolean {
    const forOwnUser = maxTries === Infinity;
    if (this.#forgetFirst((peer) => peer.idle, maxTries)) return true;
    const mayForgetRequests = forOwnUser && this.#options.atMostOnce === 'bounded';
    return mayForgetRequests && this.#forgetFirst((peer) => peer.expendable, maxTries);
  }

  /**
   * Checks up to `maxTries` peers and forgets the first one that may be forgotten. The others move
   * to the end.
   */
  #forgetFirst(mayForget: (peer: PeerActor) => boolean, maxTries: number): boolean {
    let triesLeft = Math.min(maxTries, this.#peers.size);
    for (const peer of this.#peers) {
      if (triesLeft === 0) return false;
      triesLeft -= 1;
      this.#peers.delete(peer);
      if (mayForget(peer)) {
        this.#byAddress.delete(peer.address);
        this.#lastFound = undefined;
        this.#forgottenEarly += peer.requests.remembered;
        peer.forget();
        return true;
      }
      this.#peers.add(peer);
    }
    return false;
  }
}

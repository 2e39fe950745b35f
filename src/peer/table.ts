/** The peers an endpoint knows: one actor for each canonical address. */
import { formatAddress } from '../address/address.js';
import type { ParsedAddress, SocketAddress } from '../address/address.js';
import type { AtMostOnce } from '../api/endpoint-options.js';
import type { HandlerOwners } from '../handler/owner.js';
import { asError, TooManyPeersError } from '../errors.js';
import type { PeerActor } from './actor.js';
import type { HeldActor } from './handle.js';

/** How many peers a stranger's datagram may have examined for idleness: forged sources cost no more. */
const MAX_TRIES_FOR_STRANGERS = 16;

/** Makes a peer's actor; `lookUp` finds its IP address when its host is a name. */
type MakePeer = (address: SocketAddress, lookUp?: (peer: PeerActor) => void) => PeerActor;

export interface PeerTableOptions {
  readonly maxPeers: number;
  /** `'strict'`: nobody is forgotten of whom a request is remembered. */
  readonly atMostOnce: AtMostOnce;
  readonly makePeer: MakePeer;
  /** The IP address of a host name. */
  readonly lookUp: (name: string) => Promise<string>;
}

export class PeerTable implements HandlerOwners {
  readonly #options: PeerTableOptions;
  #closed = false;
  #forgottenEarly = 0;
  /** Bounded by `maxPeers`; the first are tried first when room is sought. */
  readonly #peers = new Set<PeerActor>();
  /** Every peer whose IP address is known, by that address. */
  readonly #byAddress = new Map<string, PeerActor>();
  /** The peer that was found last: all frames of a bundle ask for the same one, and so do busy times. */
  #lastFound: PeerActor | undefined;
  /** What host names were last found to mean. Bounded by `maxPeers`; the oldest go first. */
  readonly #byName = new Map<string, PeerActor>();

  constructor(options: PeerTableOptions) {
    this.#options = options;
  }

  /** Requests that were forgotten with their peers, before their replay window was over. */
  get forgottenEarly(): number {
    return this.#forgottenEarly;
  }

  get size(): number {
    return this.#peers.size;
  }

  all(): PeerActor[] {
    return [...this.#peers];
  }

  /** The peer at an IP address, if it is known. */
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

  /** A new peer for a datagram from an unknown address; undefined when there is no room for it. */
  admitStranger(host: string, port: number): PeerActor | undefined {
    return this.#admitAddress({ host, port }, MAX_TRIES_FOR_STRANGERS);
  }

  /**
   * The peer at an address or host name; a name is looked up once, as long as its peer is known.
   *
   * @throws TooManyPeersError when there are as many as may be, and none is idle.
   */
  get(address: ParsedAddress): PeerActor {
    const peer = this.known(address) ?? this.#admitNew(address);
    if (peer === undefined) throw new TooManyPeersError(this.#options.maxPeers);
    return peer;
  }

  /**
   * The peer at an address or host name, for whoever holds it for long: its actor may be forgotten meanwhile.
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

  /** From now on nobody is found anew; those who are known can finish. */
  close(): void {
    this.#closed = true;
  }

  /** Ends every peer's actor. */
  forgetAll(): void {
    for (const peer of this.#peers) peer.forget();
  }

  #admitNew(address: ParsedAddress): PeerActor | undefined {
    if (address.kind !== 'name') return this.#admitAddress(address, Infinity);
    const name = formatAddress(address);
    const peer = this.#admit(address, Infinity, (asking) => void this.#lookUp(asking, address));
    if (peer !== undefined) this.#rememberName(name, peer);
    return peer;
  }

  #admitAddress(address: SocketAddress, maxTries: number): PeerActor | undefined {
    const peer = this.#admit(address, maxTries);
    if (peer !== undefined) this.#byAddress.set(peer.address, peer);
    return peer;
  }

  #admit(
    address: SocketAddress,
    maxTries: number,
    lookUp?: (peer: PeerActor) => void,
  ): PeerActor | undefined {
    if (this.#peers.size >= this.#options.maxPeers && !this.#makeRoom(maxTries)) return undefined;
    const peer = this.#options.makePeer(address, lookUp);
    this.#peers.add(peer);
    return peer;
  }

  /** Strangers displace idle peers alone; the endpoint's own user, whoever can be spared. */
  #makeRoom(maxTries: number): boolean {
    const forOwnUser = maxTries === Infinity;
    if (this.#forgetFirst((peer) => peer.idle, maxTries)) return true;
    const mayForgetRequests = forOwnUser && this.#options.atMostOnce === 'bounded';
    return mayForgetRequests && this.#forgetFirst((peer) => peer.expendable, maxTries);
  }

  /** Forgets the first peer of `maxTries` that may be forgotten, moving the others to the end. */
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

  /** One actor for each address: a name that means a known peer hands over to it. */
  #found(peer: PeerActor, name: SocketAddress, host: string): void {
    const heir = this.find(host, name.port);
    if (heir === undefined) {
      this.#byAddress.set(formatAddress({ host, port: name.port }), peer);
      peer.resolved(host);
      return;
    }
    this.#rememberName(formatAddress(name), heir);
    this.#peers.delete(peer);
    peer.handOver(heir);
  }
}

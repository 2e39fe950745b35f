/** Names: the peers that are called by a host name. A name is looked up once. */
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import { asError } from '../errors.js';
import type { PeerActor } from './actor.js';

/** The members of the peer table that the names use. */
export interface NamedPeers {
  find(host: string, port: number): PeerActor | undefined;
  /** Makes a peer for the endpoint's user. Gives undefined if there is no room for it. */
  admit(address: SocketAddress, lookUp: (peer: PeerActor) => void): PeerActor | undefined;
  /** The address of a peer was found. From now on it is known by `host`. */
  located(peer: PeerActor, host: string): void;
  /** Another peer has the address of this one, and takes its place. */
  replaced(peer: PeerActor): void;
}

export interface NamesOptions {
  readonly maxPeers: number;
  readonly lookUp: (name: string) => Promise<string>;
}

export class Names {
  readonly #peers: NamedPeers;
  readonly #options: NamesOptions;
  /** The peers of host names. Bounded by `maxPeers`. The oldest are removed first. */
  readonly #byName = new Map<string, PeerActor>();

  constructor(peers: NamedPeers, options: NamesOptions) {
    this.#peers = peers;
    this.#options = options;
  }

  /** The peer that a name was found to have, or that waits for its look-up. */
  get(name: SocketAddress): PeerActor | undefined {
    return this.#byName.get(formatAddress(name));
  }

  /** Makes a peer for a name. It is looked up for the first call. */
  admit(name: SocketAddress): PeerActor | undefined {
    const peer = this.#peers.admit(name, (asking) => void this.#lookUp(asking, name));
    if (peer !== undefined) this.#remember(name, peer);
    return peer;
  }

  #remember(name: SocketAddress, peer: PeerActor): void {
    const key = formatAddress(name);
    this.#byName.delete(key);
    this.#byName.set(key, peer);
    if (this.#byName.size <= this.#options.maxPeers) return;
    const [oldest] = this.#byName.keys();
    if (oldest !== undefined) this.#byName.delete(oldest);
  }

  async #lookUp(peer: PeerActor, name: SocketAddress): Promise<void> {
    try {
      const host = await this.#options.lookUp(name.host);
      if (!peer.forgotten) this.#found(peer, name, host);
    } catch (error) {
      peer.unresolved(asError(error));
    }
  }

  /**
   * Each address has one actor. If a name has the address of a known peer, that peer takes over.
   */
  #found(peer: PeerActor, name: SocketAddress, host: string): void {
    const heir = this.#peers.find(host, name.port);
    if (heir === undefined) {
      this.#peers.located(peer, host);
      peer.resolved(host);
      return;
    }
    this.#remember(name, heir);
    this.#peers.replaced(peer);
    peer.handOver(heir);
  }
}

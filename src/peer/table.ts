/** The peers an endpoint knows: one actor for each canonical address. */
import { formatAddress } from '../address.js';
import type { ParsedAddress, SocketAddress } from '../address.js';
import type { Environment } from '../endpoint/environment.js';
import { TooManyPeersError } from '../errors.js';
import { PeerActor } from './actor.js';

export class PeerTable {
  readonly #environment: Environment;
  /** Bounded by `maxPeers`; the first are tried first when room is sought. */
  readonly #peers = new Set<PeerActor>();
  /** Every peer whose IP address is known, by that address. */
  readonly #byAddress = new Map<string, PeerActor>();
  /** What host names were last found to mean. Bounded by `maxPeers`; the oldest go first. */
  readonly #byName = new Map<string, PeerActor>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get size(): number {
    return this.#peers.size;
  }

  all(): PeerActor[] {
    return [...this.#peers];
  }

  /** The peer at an IP address, if it is known. */
  find(host: string, port: number): PeerActor | undefined {
    return this.#byAddress.get(formatAddress({ host, port }));
  }

  /** The peer that sent a datagram; undefined when there are as many as may be, and none is idle. */
  hear(host: string, port: number): PeerActor | undefined {
    const peer = this.find(host, port) ?? this.#admitAddress({ host, port });
    peer?.heard(this.#environment.clock.nowMs());
    return peer;
  }

  /**
   * The peer at an address or host name; a name is looked up once, as long as its peer is known.
   *
   * @throws TooManyPeersError when there are as many as may be, and none is idle.
   */
  get(address: ParsedAddress): PeerActor {
    const peer = address.kind === 'name' ? this.#named(address) : this.#addressed(address);
    if (peer === undefined) throw new TooManyPeersError(this.#environment.limits.maxPeers);
    return peer;
  }

  #addressed(address: SocketAddress): PeerActor | undefined {
    return this.find(address.host, address.port) ?? this.#admitAddress(address);
  }

  #named(address: SocketAddress): PeerActor | undefined {
    const known = this.#byName.get(formatAddress(address));
    if (known !== undefined && !known.forgotten) return known;
    const peer = this.#admit(address, false);
    if (peer === undefined) return undefined;
    this.#rememberName(formatAddress(address), peer);
    void this.#resolve(peer, address);
    return peer;
  }

  #admitAddress(address: SocketAddress): PeerActor | undefined {
    const peer = this.#admit(address, true);
    if (peer !== undefined) this.#byAddress.set(peer.address, peer);
    return peer;
  }

  #admit(address: SocketAddress, reachable: boolean): PeerActor | undefined {
    const { maxPeers } = this.#environment.limits;
    if (this.#peers.size >= maxPeers && !this.#forgetOne()) return undefined;
    const peer = new PeerActor(this.#environment, address, reachable);
    this.#peers.add(peer);
    return peer;
  }

  /** Makes room: forgets the first idle peer, moving the busy ones before it to the end. */
  #forgetOne(): boolean {
    for (const peer of [...this.#peers]) {
      if (peer.idle) {
        this.#forget(peer);
        return true;
      }
      this.#peers.delete(peer);
      this.#peers.add(peer);
    }
    return false;
  }

  #forget(peer: PeerActor): void {
    this.#peers.delete(peer);
    if (this.#byAddress.get(peer.address) === peer) this.#byAddress.delete(peer.address);
    peer.forget();
  }

  #rememberName(name: string, peer: PeerActor): void {
    this.#byName.delete(name);
    this.#byName.set(name, peer);
    if (this.#byName.size <= this.#environment.limits.maxPeers) return;
    const [oldest] = this.#byName.keys();
    if (oldest !== undefined) this.#byName.delete(oldest);
  }

  async #resolve(peer: PeerActor, address: SocketAddress): Promise<void> {
    const { lookup, socket } = this.#environment;
    try {
      const host = await lookup(address.host, socket.family);
      if (peer.forgotten) return;
      const heir = this.find(host, address.port);
      if (heir === undefined) {
        this.#byAddress.set(formatAddress({ host, port: address.port }), peer);
        peer.resolved(host);
        return;
      }
      this.#rememberName(formatAddress(address), heir);
      peer.handOver(heir);
    } catch (error) {
      peer.unresolved(error as Error);
    }
    this.#forget(peer);
  }
}

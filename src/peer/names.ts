/** Names: the host names that an endpoint calls. */
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import { HeldName } from './held-name.js';
import type { KnownNames } from './held-name.js';
import { HostName } from './host-name.js';
import type { HostNameOptions, NamedPeers } from './host-name.js';

export interface NamesOptions extends HostNameOptions {
  readonly maxPeers: number;
}

/** The most names that are checked for listeners to make room for another one. */
const MAX_TRIES = 16;

export class Names implements KnownNames {
  readonly #peers: NamedPeers;
  readonly #options: NamesOptions;
  /**
   * The names by `name:port`. Bounded by `maxPeers`, beyond which the one that was asked for least
   * recently is forgotten; and by the names with listeners, which the endpoint's user added.
   */
  readonly #names = new Map<string, HostName>();

  constructor(peers: NamedPeers, options: NamesOptions) {
    this.#peers = peers;
    this.#options = options;
  }

  /** The name, for a handle that may outlive it. @throws TooManyPeersError */
  hold(address: SocketAddress): HeldName {
    return new HeldName(this, address, this.#peers, this.#options.reportError);
  }

  find(address: SocketAddress): HostName | undefined {
    return this.#names.get(formatAddress(address));
  }

  clear(): void {
    for (const name of this.#names.values()) name.reports.clear();
    this.#names.clear();
  }

  at(address: SocketAddress): HostName {
    const key = formatAddress(address);
    const name = this.#names.get(key) ?? new HostName(address, this.#peers, this.#options);
    this.#names.delete(key);
    this.#names.set(key, name);
    if (this.#names.size > this.#options.maxPeers) this.#makeRoomFor(name);
    return name;
  }

  #makeRoomFor(newest: HostName): void {
    let triesLeft = MAX_TRIES;
    for (const [key, name] of this.#names) {
      if (triesLeft === 0) return;
      triesLeft -= 1;
      this.#names.delete(key);
      if (name !== newest && !name.inUse) {
        name.forgotten = true;
        return;
      }
      this.#names.set(key, name);
    }
  }
}

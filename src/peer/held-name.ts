/** Held name: the actor of a peer that is held by its host name, which may have another one later. */
import type { Subscription } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { PeerActor } from './actor.js';
import { HeldActor } from './held-actor.js';
import type { HostName } from './host-name.js';
import type { NameReports } from './name-reports.js';

/** The members of the names that held names use. */
export interface KnownNames {
  /** The name, if it is known. */
  find(address: SocketAddress): HostName | undefined;
  /** The name, which is known from then on. */
  at(address: SocketAddress): HostName;
}

export class HeldName extends HeldActor {
  readonly #names: KnownNames;
  readonly #address: SocketAddress;
  #name: HostName;

  /** @throws TooManyPeersError */
  constructor(
    names: KnownNames,
    address: SocketAddress,
    peers: { readonly closed: boolean },
    reportError: (error: unknown) => void,
  ) {
    super(peers, reportError);
    this.#names = names;
    this.#address = address;
    this.#name = names.at(address);
    this.#name.living();
  }

  get name(): HostName {
    return this.#name;
  }

  /** The name itself may have been forgotten, to make room for others. */
  get #current(): HostName {
    if (this.#name.forgotten) this.#name = this.#names.at(this.#address);
    return this.#name;
  }

  last(): PeerActor {
    if (this.#name.forgotten) this.#name = this.#names.find(this.#address) ?? this.#name;
    return this.#name.peer;
  }

  living(): PeerActor {
    return this.#current.living();
  }

  reports(): NameReports {
    this.living();
    return this.#name.reports;
  }

  watch(changed: () => void): Subscription {
    return this.#current.watch(changed);
  }
}

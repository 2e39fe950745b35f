/** Held address: the actor of a peer that is held by its IP address. */
import type { Subscription } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { PeerActor } from './actor.js';
import { HeldActor } from './held-actor.js';
import type { PeerReports } from './peer-reports.js';

/** The members of the peer table that held addresses use. */
export interface AddressedPeers {
  readonly closed: boolean;
  find(host: string, port: number): PeerActor | undefined;
  /** The actor at an address, which is a friend from then on. Throws TooManyPeersError. */
  require(host: string, port: number): PeerActor;
}

export class HeldAddress extends HeldActor<AddressedPeers> {
  readonly name = undefined;
  readonly #address: SocketAddress;
  #actor: PeerActor;

  /** @param actor the one at this address now */
  constructor(
    peers: AddressedPeers,
    address: SocketAddress,
    actor: PeerActor,
    reportError: (error: unknown) => void,
  ) {
    super(peers, reportError);
    this.#address = address;
    this.#actor = actor;
  }

  last(): PeerActor {
    const { host, port } = this.#address;
    if (this.#actor.forgotten) this.#actor = this.peers.find(host, port) ?? this.#actor;
    return this.#actor;
  }

  living(): PeerActor {
    const { host, port } = this.#address;
    // A stranger that is called becomes a friend.
    const isAsItWas = this.#actor.friend && !this.#actor.forgotten;
    if (!isAsItWas && !this.peers.closed) this.#actor = this.peers.require(host, port);
    return this.#actor;
  }

  reports(): PeerReports {
    return this.living().reports;
  }

  watch(changed: () => void): Subscription {
    return this.living().watch(changed);
  }
}

/** Peer watch: tells of what a name's peer shows, from peer to peer. */
import type { Subscription } from 'xstate';
import type { PeerActor } from './actor.js';

export class PeerWatch {
  readonly #changed: () => void;
  #ofPeer: Subscription;

  constructor(peer: PeerActor, changed: () => void) {
    this.#changed = changed;
    this.#ofPeer = peer.watch(changed);
  }

  /** The name has another peer now. */
  follow(peer: PeerActor): void {
    this.end();
    this.#ofPeer = peer.watch(this.#changed);
    this.#changed();
  }

  end(): void {
    this.#ofPeer.unsubscribe();
  }
}

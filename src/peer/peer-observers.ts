/**
 * Peer observers: those who subscribed to one handle of a peer. They are told once for all changes
 * that were made together, a microtask later, when all of them are made. So the hot path does
 * nothing for observers but ask whether there are any.
 */
import type { Subscription } from 'xstate';
import { Observers } from '../actor/observers.js';
import type { ObserverOrNext } from '../actor/observers.js';
import type { PeerSnapshot } from '../api/peer-snapshot.js';
import type { HeldActor } from './held-actor.js';

export class PeerObservers {
  readonly #actor: HeldActor;
  readonly #snapshotNow: () => PeerSnapshot;
  readonly #observers: Observers<PeerSnapshot>;
  /** While there are observers. */
  #watch: Subscription | undefined;
  #told: PeerSnapshot | undefined;
  #isDue = false;

  /** @param snapshotNow gives the same snapshot while nothing has changed */
  constructor(actor: HeldActor, snapshotNow: () => PeerSnapshot) {
    this.#actor = actor;
    this.#snapshotNow = snapshotNow;
    this.#observers = new Observers(actor.reportError);
  }

  /** @throws TooManyPeersError */
  subscribe(
    observerOrNext: ObserverOrNext<PeerSnapshot> | undefined,
    error: ((error: unknown) => void) | undefined,
    complete: (() => void) | undefined,
  ): Subscription {
    const { ended } = this.#actor;
    if (!ended) this.#begin();
    const subscription = this.#observers.subscribe(observerOrNext, error, complete, ended);
    return {
      unsubscribe: () => {
        subscription.unsubscribe();
        if (this.#observers.empty) this.#end();
      },
    };
  }

  #begin(): void {
    if (this.#watch !== undefined) return;
    this.#watch = this.#actor.watch(() => {
      this.#changed();
    });
    this.#told = this.#snapshotNow();
  }

  #end(): void {
    this.#watch?.unsubscribe();
    this.#watch = undefined;
  }

  #changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void Promise.resolve().then(() => {
      this.#isDue = false;
      this.#tell();
    });
  }

  #tell(): void {
    const snapshot = this.#snapshotNow();
    if (snapshot === this.#told) return;
    this.#told = snapshot;
    this.#observers.notify(snapshot);
    if (snapshot.status !== 'done') return;
    this.#observers.complete();
    this.#end();
  }
}

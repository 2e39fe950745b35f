/**
 * Watchers: the observers of one light actor, and the data that is kept for them. Most actors are
 * not watched and have none.
 */
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  EmittedFrom,
  EventFromLogic,
  InputFrom,
  SnapshotFrom,
  Subscription,
} from 'xstate';
import { Listeners } from './listeners.js';
import { Observers } from './observers.js';
import type { ObserverOrNext } from './observers.js';

export class Watchers<TMachine extends AnyStateMachine> {
  /** Made when it is asked for, and removed by the next transition. */
  snapshot: AnyMachineSnapshot | undefined;
  /** What inspectors get when the actor starts; undefined if there is nothing to report. */
  unreported: { readonly input: InputFrom<TMachine> } | undefined;
  /** Events that were sent during another one. They are processed before `send` returns. */
  pending: EventFromLogic<TMachine>[] | undefined;
  listeners: Listeners<EmittedFrom<TMachine>> | undefined;

  readonly #reportError: (error: unknown) => void;
  #observers: Observers<SnapshotFrom<TMachine>> | undefined;

  /** @param reportError gets errors that the user's observers and listeners throw */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  on(type: string, listener: (emitted: EmittedFrom<TMachine>) => void): Subscription {
    this.listeners ??= new Listeners(this.#reportError);
    return this.listeners.on(type, listener);
  }

  /** @param done whether the actor has ended, so that only its completion is reported */
  subscribe(
    observerOrNext: ObserverOrNext<SnapshotFrom<TMachine>> | undefined,
    error: ((error: unknown) => void) | undefined,
    complete: (() => void) | undefined,
    done: boolean,
  ): Subscription {
    this.#observers ??= new Observers(this.#reportError);
    return this.#observers.subscribe(observerOrNext, error, complete, done);
  }

  /** The actor has processed an event. If it has ended, all watchers are removed. */
  notify(snapshotNow: () => SnapshotFrom<TMachine>, done: boolean): void {
    if (this.#observers?.empty === false) this.#observers.notify(snapshotNow());
    if (!done) return;
    this.#observers?.complete();
    this.listeners = undefined;
  }
}

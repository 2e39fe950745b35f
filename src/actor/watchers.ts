/**
 * Watchers: the observers of one light actor, and the data that is kept for them. Most actors are
 * not watched and have none.
 */
import { toObserver } from 'xstate';
import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  EmittedFrom,
  EventFromLogic,
  InputFrom,
  Observer,
  SnapshotFrom,
  Subscription,
} from 'xstate';
import { inThisContext } from '../time/async-context.js';
import { Listeners } from './listeners.js';

/** The argument of `subscribe`: an observer, or a function as its `next`. */
export type ObserverOrNext<T> = Observer<T> | ((value: T) => void);

interface Observing<T> {
  readonly observer: Observer<T>;
  /** Runs its callbacks in the context that subscribed. Never throws. */
  readonly guarded: (callback: () => void) => void;
}

export class Watchers<TMachine extends AnyStateMachine> {
  /** Made when it is asked for, and removed by the next transition. */
  snapshot: AnyMachineSnapshot | undefined;
  /** What inspectors get when the actor starts; undefined if there is nothing to report. */
  unreported: { readonly input: InputFrom<TMachine> } | undefined;
  /** Events that were sent during another one. They are processed before `send` returns. */
  pending: EventFromLogic<TMachine>[] | undefined;
  listeners: Listeners<EmittedFrom<TMachine>> | undefined;

  readonly #reportError: (error: unknown) => void;
  #observers: Set<Observing<SnapshotFrom<TMachine>>> | undefined;

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
    const observer = toObserver(observerOrNext ?? (() => undefined), error, complete);
    const observing = { observer, guarded: inThisContext(this.#guarded) };
    if (done) this.#guarded(() => observer.complete?.());
    else (this.#observers ??= new Set()).add(observing);
    return { unsubscribe: () => this.#observers?.delete(observing) };
  }

  /** The actor has processed an event. If it has ended, all watchers are removed. */
  notify(snapshotNow: () => SnapshotFrom<TMachine>, done: boolean): void {
    const observers = this.#observers ?? [];
    for (const { observer, guarded } of observers) guarded(() => observer.next?.(snapshotNow()));
    if (!done) return;
    for (const { observer, guarded } of observers) guarded(() => observer.complete?.());
    this.#observers = undefined;
    this.listeners = undefined;
  }

  readonly #guarded = (callback: () => void): void => {
    try {
      callback();
    } catch (error) {
      this.#reportError(error);
    }
  };
}

/** Observers: those who subscribed to the snapshots of one actor. */
import { toObserver } from 'xstate';
import type { Observer, Subscription } from 'xstate';
import { inThisContext } from '../time/async-context.js';

/** The argument of `subscribe`: an observer, or a function as its `next`. */
export type ObserverOrNext<T> = Observer<T> | ((value: T) => void);

/** Lets XState and RxJS use the instances of a class as observables. */
export function answerAsObservable(prototype: object): void {
  // If the runtime has no `Symbol.observable`, XState and RxJS use this string.
  const observable = (Symbol.observable as symbol | undefined) ?? '@@observable';
  Object.defineProperty(prototype, observable, {
    value(this: unknown) {
      return this;
    },
  });
}

interface Observing<TSnapshot> {
  readonly observer: Observer<TSnapshot>;
  /** Runs its callbacks in the context that subscribed. Never throws. */
  readonly guarded: (callback: () => void) => void;
}

export class Observers<TSnapshot> {
  readonly #reportError: (error: unknown) => void;
  /** Bounded by the user's `subscribe` calls. */
  readonly #observers = new Set<Observing<TSnapshot>>();

  /** @param reportError gets errors that observers throw. Other observers are still told. */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  get empty(): boolean {
    return this.#observers.size === 0;
  }

  /** @param done whether the actor has ended, so that only its completion is reported */
  subscribe(
    observerOrNext: ObserverOrNext<TSnapshot> | undefined,
    error: ((error: unknown) => void) | undefined,
    complete: (() => void) | undefined,
    done: boolean,
  ): Subscription {
    const observer = toObserver(observerOrNext ?? (() => undefined), error, complete);
    const observing = { observer, guarded: inThisContext(this.#guarded) };
    if (done) this.#guarded(() => observer.complete?.());
    else this.#observers.add(observing);
    return { unsubscribe: () => this.#observers.delete(observing) };
  }

  notify(snapshot: TSnapshot): void {
    for (const { observer, guarded } of this.#observers) guarded(() => observer.next?.(snapshot));
  }

  /** The actor has ended. All observers hear of it, and are removed. */
  complete(): void {
    for (const { observer, guarded } of this.#observers) guarded(() => observer.complete?.());
    this.#observers.clear();
  }

  readonly #guarded = (callback: () => void): void => {
    try {
      callback();
    } catch (error) {
      this.#reportError(error);
    }
  };
}

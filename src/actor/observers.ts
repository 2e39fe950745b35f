/** Observers: those who subscribed to the snapshots of one actor. */
import { toObserver } from 'xstate';
import type { Observer, Subscription } from 'xstate';

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

export class Observers<TSnapshot> {
  readonly #reportError: (error: unknown) => void;
  /** Bounded by the user's `subscribe` calls. */
  readonly #observers = new Set<Observer<TSnapshot>>();

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
    if (done) this.#guarded(() => observer.complete?.());
    else this.#observers.add(observer);
    return { unsubscribe: () => this.#observers.delete(observer) };
  }

  notify(snapshot: TSnapshot): void {
    for (const observer of this.#observers) this.#guarded(() => observer.next?.(snapshot));
  }

  /** The actor has ended. All observers hear of it, and are removed. */
  complete(): void {
    for (const observer of this.#observers) this.#guarded(() => observer.complete?.());
    this.#observers.clear();
  }

  #guarded(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#reportError(error);
    }
  }
}

/** Selection: a part of an actor's snapshot. Its observers get only changes of this part. */
import { toObserver } from 'xstate';
import type { Observer, Readable, Subscription } from 'xstate';
import type { ObserverOrNext } from './observers.js';

interface Selectable<TSnapshot> {
  getSnapshot(): TSnapshot;
  subscribe(next: (snapshot: TSnapshot) => void): Subscription;
}

export class Selection<TSnapshot, TSelected> implements Readable<TSelected> {
  readonly #actor: Selectable<TSnapshot>;
  readonly #selector: (snapshot: TSnapshot) => TSelected;
  readonly #equal: (a: TSelected, b: TSelected) => boolean;

  constructor(
    actor: Selectable<TSnapshot>,
    selector: (snapshot: TSnapshot) => TSelected,
    equal: (a: TSelected, b: TSelected) => boolean,
  ) {
    this.#actor = actor;
    this.#selector = selector;
    this.#equal = equal;
  }

  get(): TSelected {
    return this.#selector(this.#actor.getSnapshot());
  }

  subscribe(observer: Observer<TSelected>): Subscription;
  subscribe(
    next: (selected: TSelected) => void,
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription;
  subscribe(observerOrNext: ObserverOrNext<TSelected>): Subscription {
    const observer = toObserver(observerOrNext);
    let previous = this.get();
    return this.#actor.subscribe((snapshot) => {
      const next = this.#selector(snapshot);
      if (this.#equal(previous, next)) return;
      previous = next;
      observer.next?.(next);
    });
  }
}

/** Those who watch one light actor, and what is kept for them. Most actors are watched by nobody, and have none. */
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
import { Listeners } from './listeners.js';

/** What `subscribe` takes: an observer, or a function for its `next`. */
export type ObserverOrNext<T> = Observer<T> | ((value: T) => void);

export class Watchers<TMachine extends AnyStateMachine> {
  /** Made when somebody looks; gone with the next transition. */
  snapshot: AnyMachineSnapshot | undefined;
  /** What inspectors are told when the actor starts; undefined when there is nothing to tell. */
  unreported: { readonly input: InputFrom<TMachine> } | undefined;
  /** Events sent while another is being processed; drained before `send` returns. */
  pending: EventFromLogic<TMachine>[] | undefined;
  /** Those who hear what it emits. */
  listeners: Listeners<EmittedFrom<TMachine>> | undefined;

  readonly #reportError: (error: unknown) => void;
  #observers: Set<Observer<SnapshotFrom<TMachine>>> | undefined;

  /** @param reportError takes what an observer or listener of the user's threw */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  on(type: string, listener: (emitted: EmittedFrom<TMachine>) => void): Subscription {
    this.listeners ??= new Listeners(this.#reportError);
    return this.listeners.on(type, listener);
  }

  /** @param done whether the actor has ended: then there is only that to tell */
  subscribe(
    observerOrNext: ObserverOrNext<SnapshotFrom<TMachine>> | undefined,
    error: ((error: unknown) => void) | undefined,
    complete: (() => void) | undefined,
    done: boolean,
  ): Subscription {
    const observer = toObserver(observerOrNext ?? (() => undefined), error, complete);
    if (done) this.#guarded(() => observer.complete?.());
    else (this.#observers ??= new Set()).add(observer);
    return { unsubscribe: () => this.#observers?.delete(observer) };
  }

  /** The actor has processed an event; once it has ended nobody watches any more. */
  notify(snapshotNow: () => SnapshotFrom<TMachine>, done: boolean): void {
    const observers = this.#observers ?? [];
    for (const observer of observers) this.#guarded(() => observer.next?.(snapshotNow()));
    if (!done) return;
    for (const observer of observers) this.#guarded(() => observer.complete?.());
    this.#observers = undefined;
    this.listeners = undefined;
  }

  #guarded(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#reportError(error);
    }
  }
}

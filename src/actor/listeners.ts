/** Listeners by event type, with XState's `on` semantics: exact types, or '*' for every event. */
import type { EventObject, Subscription } from 'xstate';

export class Listeners<TEmitted extends EventObject> {
  readonly #reportError: (error: unknown) => void;
  /** Bounded by the user's own `on` calls; empty sets are dropped. */
  readonly #byType = new Map<string, Set<(emitted: TEmitted) => void>>();

  /** @param reportError takes what a listener throws; the others still hear the event. */
  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError;
  }

  /** Whether an event of this type would be heard: ask before building one on a hot path. */
  hears(type: string): boolean {
    return this.#byType.size > 0 && (this.#byType.has(type) || this.#byType.has('*'));
  }

  /** True when nobody listens to anything. */
  get empty(): boolean {
    return this.#byType.size === 0;
  }

  on(type: string, listener: (emitted: TEmitted) => void): Subscription {
    // A fresh function for each subscription, so that one listener can be added twice.
    const own = (emitted: TEmitted): void => {
      listener(emitted);
    };
    let listeners = this.#byType.get(type);
    if (listeners === undefined) this.#byType.set(type, (listeners = new Set()));
    listeners.add(own);
    return {
      unsubscribe: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#byType.get(type) === listeners) this.#byType.delete(type);
      },
    };
  }

  emit(emitted: TEmitted): void {
    for (const type of [emitted.type, '*']) {
      for (const listener of this.#byType.get(type) ?? []) {
        try {
          listener(emitted);
        } catch (error) {
          this.#reportError(error);
        }
      }
    }
  }

  clear(): void {
    this.#byType.clear();
  }
}

/** Listeners: event listeners by type, as with XState's `on`, or with `'*'` for all events. */
import type { EventObject, Subscription } from 'xstate';
import { inThisContext } from '../time/async-context.js';

/** A subscription. Each one is a new object, so that a listener can be added twice. */
interface Entry<TEmitted extends EventObject> {
  readonly listener: (emitted: TEmitted) => void;
}

/** Those who listen, for who tells them. */
export type Hearers<TEmitted extends EventObject> = Pick<
  Listeners<TEmitted>,
  'empty' | 'hears' | 'emit'
>;

export class Listeners<TEmitted extends EventObject> {
  protected readonly reportError: (error: unknown) => void;
  /** Made for the first listener. Bounded by the user's `on` calls. Empty sets are removed. */
  #byType: Map<string, Set<Entry<TEmitted>>> | undefined;

  /** @param reportError gets errors that listeners throw. Other listeners still get the event. */
  constructor(reportError: (error: unknown) => void) {
    this.reportError = reportError;
  }

  /** Whether an event of this type has a listener. Check this before building one on a hot path. */
  hears(type: string): boolean {
    const byType = this.#byType;
    return byType !== undefined && (byType.has(type) || byType.has('*'));
  }

  get empty(): boolean {
    return this.#byType === undefined || this.#byType.size === 0;
  }

  on(type: string, listener: (emitted: TEmitted) => void): Subscription {
    const entry = { listener: inThisContext(listener) };
    this.#add(type, entry);
    return {
      unsubscribe: () => {
        this.#remove(type, entry);
      },
    };
  }

  emit(emitted: TEmitted): void {
    for (const type of [emitted.type, '*']) {
      for (const { listener } of this.#byType?.get(type) ?? []) {
        try {
          listener(emitted);
        } catch (error) {
          this.reportError(error);
        }
      }
    }
  }

  /** There is a first listener now, or no listener any more. */
  protected usedChanged(_used: boolean): void {
    // Nothing here depends on it.
  }

  clear(): void {
    const wasUsed = !this.empty;
    this.#byType = undefined;
    if (wasUsed) this.usedChanged(false);
  }

  #add(type: string, entry: Entry<TEmitted>): void {
    const wasEmpty = this.empty;
    const byType = (this.#byType ??= new Map<string, Set<Entry<TEmitted>>>());
    let entries = byType.get(type);
    if (entries === undefined) byType.set(type, (entries = new Set()));
    entries.add(entry);
    if (wasEmpty) this.usedChanged(true);
  }

  #remove(type: string, entry: Entry<TEmitted>): void {
    const entries = this.#byType?.get(type);
    entries?.delete(entry);
    if (entries?.size !== 0) return;
    this.#byType?.delete(type);
    if (this.empty) this.usedChanged(false);
  }
}

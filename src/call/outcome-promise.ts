/** Outcome promise: the promise of a call's outcome. It is made for the first who awaits the call. */
import type { Outcome } from '../api/outcome.js';

export class OutcomePromise {
  #promise: Promise<Outcome> | undefined;
  #fulfil: ((outcome: Outcome) => void) | undefined;

  /** @param outcome what the call ended with, if it has ended */
  of(outcome: Outcome | undefined): Promise<Outcome> {
    this.#promise ??=
      outcome === undefined
        ? new Promise((fulfil) => (this.#fulfil = fulfil))
        : Promise.resolve(outcome);
    return this.#promise;
  }

  /** The call has its outcome. */
  fulfil(outcome: Outcome): void {
    this.#fulfil?.(outcome);
  }
}

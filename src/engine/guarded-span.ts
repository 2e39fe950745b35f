/** Guarded span: a span whose mistakes cost nobody a call. */
import type { Span } from './tracer.js';

export class GuardedSpan implements Span {
  readonly #span: Span;
  readonly #reportError: (error: unknown) => void;
  #began = false;

  constructor(span: Span, reportError: (error: unknown) => void) {
    this.#span = span;
    this.#reportError = reportError;
  }

  run<Result>(action: () => Result): Result {
    try {
      return this.#span.run(() => {
        this.#began = true;
        return action();
      });
    } catch (error) {
      // What was thrown after the beginning is the action's own, as a rule.
      if (this.#began) throw error;
      this.#reportError(error);
      return action();
    }
  }

  ended(): void {
    try {
      this.#span.ended();
    } catch (error) {
      this.#reportError(error);
    }
  }
}

/** The default `onError`: errors that have no caller become Node.js process warnings. */
import { asError, HandlerFailedError } from '../errors.js';

/** Makes an `onError` that warns of each failing procedure once, and of everything else each time. */
export function warnings(): (error: unknown) => void {
  /** Bounded by the procedures an endpoint offers. */
  const failed = new Set<string>();
  return (error) => {
    if (error instanceof HandlerFailedError) {
      if (failed.has(error.procedure)) return;
      failed.add(error.procedure);
    }
    warn(error);
  };
}

/** An `onError` that never throws: what the given one throws becomes a warning. */
export function guardedReport(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      onError(error);
    } catch (thrown) {
      warn(thrown);
    }
  };
}

function warn(error: unknown): void {
  process.emitWarning(asError(error));
}

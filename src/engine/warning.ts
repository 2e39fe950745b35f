/** Warning: the default `onError`. Errors that have no caller become Node.js process warnings. */
import { asError, HandlerFailedError } from '../errors.js';

/** Makes an `onError` that warns once for each failing procedure, and always for other errors. */
export function warnings(): (error: unknown) => void {
  /** Bounded by the procedures that an endpoint offers. */
  const failed = new Set<string>();
  return (error) => {
    if (error instanceof HandlerFailedError) {
      if (failed.has(error.procedure)) return;
      failed.add(error.procedure);
    }
    warn(error);
  };
}

/** Makes an `onError` that never throws. An error that the given one throws becomes a warning. */
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

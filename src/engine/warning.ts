/** Warning: the default `onError`. Errors that have no caller become Node.js process warnings. */
import { MiddlewareError } from '../api/middleware-error.js';
import { asError, HandlerFailedError } from '../errors.js';

/**
 * Makes an `onError` that warns once for each failing procedure and for each middleware that makes a
 * mistake, and always for other errors.
 */
export function warnings(): (error: unknown) => void {
  /** Bounded by the procedures that an endpoint offers, and by its middleware. */
  const failed = new Set<string>();
  return (error) => {
    const what = failing(error);
    if (what !== undefined) {
      if (failed.has(what)) return;
      failed.add(what);
    }
    warn(error);
  };
}

/** A procedure or a middleware, which may fail as often as it is asked to. */
function failing(error: unknown): string | undefined {
  if (error instanceof HandlerFailedError) return `procedure ${error.procedure}`;
  return error instanceof MiddlewareError ? `middleware ${error.place}` : undefined;
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

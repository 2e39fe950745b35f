/** The default `onError`: errors that have no caller become Node.js process warnings. */
import { HandlerFailedError } from './errors.js';

/** Makes an `onError` that warns of each failing procedure once, and of everything else each time. */
export function warnings(): (error: unknown) => void {
  /** Bounded by the procedures an endpoint offers. */
  const failed = new Set<string>();
  return (error) => {
    if (error instanceof HandlerFailedError) {
      if (failed.has(error.procedure)) return;
      failed.add(error.procedure);
    }
    process.emitWarning(error instanceof Error ? error : String(error));
  };
}

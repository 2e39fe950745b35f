/** How requests end. */
import type { NotRunCode } from '../wire/error-code.js';

/**
 * How a request ended: answered; failed; not ended at its deadline; taken back by its caller; abandoned
 * when the endpoint closed and would wait no longer; a repetition, answered again or not yet; another
 * request with a known id; or not run, and why.
 */
export type RequestEnding =
  | 'replied'
  | 'failed'
  | 'timedOut'
  | 'cancelled'
  | 'abandoned'
  | 'replayed'
  | 'duplicate'
  | 'conflict'
  | NotRunCode;

const NONE: Readonly<Record<RequestEnding, number>> = {
  replied: 0,
  failed: 0,
  timedOut: 0,
  cancelled: 0,
  abandoned: 0,
  replayed: 0,
  duplicate: 0,
  conflict: 0,
  unknownProcedure: 0,
  invalidArguments: 0,
  overloaded: 0,
  deadlinePassed: 0,
  closing: 0,
};

/** Every ending, at zero. */
export function noEndings(): Record<RequestEnding, number> {
  return { ...NONE };
}

/** Executed: whether the procedure of a rejected call may have run. */
import type { Executed, RemoteError } from '../api/outcome.js';
import { meansNotRun } from '../wire/error-code.js';

/** A refusal is about one transmission. If there were several, another one may have been run. */
export function executedIfRejected({ code }: RemoteError, attempts: number): Executed {
  return attempts === 1 && meansNotRun(code) ? 'no' : 'maybe';
}

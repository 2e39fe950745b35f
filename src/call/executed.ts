/** Whether a call's procedure can have run, as far as its caller can know. */
import type { Executed, RemoteError } from '../api/outcome.js';
import { meansNotRun } from '../wire/error-code.js';

/** What a refusal says about all transmissions: of several, another one can have been run. */
export function executedIfRejected({ code }: RemoteError, attempts: number): Executed {
  return attempts === 1 && meansNotRun(code) ? 'no' : 'maybe';
}

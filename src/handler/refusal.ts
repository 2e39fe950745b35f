/** Refusals: the reasons why a request is not run, for the endpoint's counts and for the caller. */
import { InvalidArgumentsError } from '../contract/errors.js';
import { OverloadedError, quote } from '../errors.js';
import type { RequestTooLargeError } from '../errors.js';
import type { NotRunCode } from '../wire/error-code.js';

export interface Refusal {
  readonly code: NotRunCode;
  readonly message: string;
  readonly data?: unknown;
  readonly error?: Error;
}

/** The endpoint is at a limit. The same request could be run at another time. */
export function overloaded(
  limit: OverloadedError['limit'],
  value: number,
  of?: OverloadedError['limit'],
): Refusal {
  const error = new OverloadedError(limit, value, of);
  const data = of === undefined ? { limit, value } : { limit, value, of };
  return { code: 'overloaded', message: error.message, data, error };
}

export function unknownProcedure(name: string): Refusal {
  return { code: 'unknownProcedure', message: `there is no procedure ${quote(name)}` };
}

export function invalidArguments(error: InvalidArgumentsError | RequestTooLargeError): Refusal {
  const data = error instanceof InvalidArgumentsError ? [...error.issues] : undefined;
  return { code: 'invalidArguments', message: error.message, data, error };
}

export const DEADLINE_PASSED: Refusal = {
  code: 'deadlinePassed',
  message: 'its deadline had passed when it arrived',
};

export const CLOSING: Refusal = { code: 'closing', message: 'the endpoint takes no new requests' };

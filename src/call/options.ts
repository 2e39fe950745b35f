/** The options of a call. */
import type { CallOptions } from '../api/call-options.js';
import type { Limits } from '../api/limits.js';
import { OptionError } from '../errors.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { limitOf, refuseUnknownOptions } from '../engine/limits.js';

import { isTraceparent } from '../wire/header-map.js';

/** How often a request is sent in all where repeating it is safe. Within 5 s: at 0, 1 to 1.5, 3 to 4.5 s. */
export const SAFE_ATTEMPTS = 3;

/** What an endpoint says of calls about which nobody else says anything. */
export type CallDefaults = Pick<Limits, 'timeoutMs' | 'attempts'>;

/** A call's options with nothing left open. */
export type CheckedCallOptions = Omit<CallOptions, 'timeoutMs' | 'attempts'> & CallDefaults;

const NAMES: readonly string[] = [
  'timeoutMs',
  'attempts',
  'signal',
  'traceparent',
  'reference',
] satisfies (keyof CallOptions)[];

/**
 * A call's options, checked, with the defaults of the procedure's contract and the endpoint.
 *
 * @throws OptionError naming the option, its bounds and its value.
 */
export function checkCallOptions(
  options: CallOptions | undefined,
  limits: CallDefaults,
  contracted?: ContractedProcedure,
): CheckedCallOptions {
  const defaults = contracted === undefined ? limits : defaultsOf(contracted, limits);
  if (options === undefined) return defaults;
  refuseUnknownOptions(options, NAMES, 'a call');
  const { timeoutMs = defaults.timeoutMs, attempts = defaults.attempts } = options;
  const { signal, traceparent, reference } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionError('signal', 'must be an AbortSignal');
  }
  if (traceparent !== undefined && !isTraceparent(traceparent)) {
    throw new OptionError('traceparent', 'must be 1 to 256 printable ASCII characters');
  }
  return {
    timeoutMs: limitOf('timeoutMs', timeoutMs),
    attempts: limitOf('attempts', attempts),
    ...(signal !== undefined && { signal }),
    ...(traceparent !== undefined && { traceparent }),
    reference,
  };
}

/**
 * A contract's time-out goes before the endpoint's, which is for calls about which nobody said anything;
 * `attempts` of the endpoint holds for every call, and idempotence makes more than one safe where it is not given.
 */
function defaultsOf(
  { idempotent, timeoutMs }: ContractedProcedure,
  limits: CallDefaults,
): CallDefaults {
  return {
    timeoutMs: timeoutMs ?? limits.timeoutMs,
    attempts: limits.attempts ?? (idempotent ? SAFE_ATTEMPTS : undefined),
  };
}

/** Call options: their checks and defaults. */
import type { CallOptions } from '../api/call-options.js';
import type { Limits } from '../api/limits.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { LIMITS } from '../engine/limits.js';
import { milliseconds, requireOptions, tested, unchecked } from '../option-table.js';
import type { OptionTable, WithDefaults } from '../option-table.js';
import { MAX_TIMER_DELAY_MS } from '../time/clock.js';
import { someHeaders } from '../wire/headers.js';
import { isTraceparent } from '../wire/traceparent.js';

/** The options of a call. Contract and endpoint give the defaults of the first two. */
export const CALL_OPTIONS = {
  // What a procedure's scope gives as `remainingMs` is taken, so parts of milliseconds and 0 are.
  timeoutMs: milliseconds(LIMITS.timeoutMs.standard, MAX_TIMER_DELAY_MS),
  attempts: LIMITS.attempts,
  signal: tested(undefined, 'must be an AbortSignal', (value) => value instanceof AbortSignal),
  traceparent: tested(undefined, 'must be 1 to 256 printable ASCII characters', isTraceparent),
  // Checked when they are encoded, together with the traceparent.
  headers: unchecked(undefined),
  reference: unchecked(undefined),
} satisfies OptionTable<CallOptions>;

export type CallDefaults = Pick<Limits, 'timeoutMs' | 'attempts'>;

type WholeCallOptions = WithDefaults<CallOptions, typeof CALL_OPTIONS>;

export type CheckedCallOptions = CallDefaults & Partial<WholeCallOptions>;

/**
 * Checks the options of a call and fills in the defaults of the contract and the endpoint. The
 * contract's time-out takes precedence over the endpoint's, which is only a default.
 *
 * @throws OptionError that names the option, its bounds and its value.
 */
export function checkCallOptions(
  options: CallOptions | undefined,
  limits: CallDefaults,
  contracted?: ContractedProcedure,
): CheckedCallOptions {
  const agreed = contracted?.timeoutMs;
  const defaults = agreed === undefined ? limits : { ...limits, timeoutMs: agreed };
  if (options === undefined) return defaults;
  requireOptions<CallOptions>(CALL_OPTIONS, options, 'a call');
  const { timeoutMs = defaults.timeoutMs, attempts = defaults.attempts } = options;
  const { signal, traceparent, headers, reference } = options;
  // Written out instead of spread: this runs for every call. A missing option does not compile.
  const whole: WholeCallOptions = {
    timeoutMs,
    attempts,
    signal,
    traceparent,
    headers: headers === undefined ? undefined : someHeaders(headers),
    reference,
  };
  return whole;
}

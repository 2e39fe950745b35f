/** The options of a call, checked. */
import type { CallOptions } from '../api/call-options.js';
import type { Limits } from '../api/limits.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { LIMITS } from '../engine/limits.js';
import { requireOptions, tested, unchecked } from '../option-table.js';
import type { OptionTable, WithDefaults } from '../option-table.js';
import { isTraceparent } from '../wire/header-map.js';

/** How often a request is sent in all where repeating it is safe. Within 5 s: at 0, 1 to 1.5, 3 to 4.5 s. */
export const SAFE_ATTEMPTS = 3;

/** Every option of a call. What is not given of the first two is for the contract and the endpoint to say. */
export const CALL_OPTIONS = {
  timeoutMs: LIMITS.timeoutMs,
  attempts: LIMITS.attempts,
  signal: tested(undefined, 'must be an AbortSignal', (value) => value instanceof AbortSignal),
  traceparent: tested(undefined, 'must be 1 to 256 printable ASCII characters', isTraceparent),
  reference: unchecked(undefined),
} satisfies OptionTable<CallOptions>;

/** What an endpoint says of calls about which nobody else says anything. */
export type CallDefaults = Pick<Limits, 'timeoutMs' | 'attempts'>;

type WholeCallOptions = WithDefaults<CallOptions, typeof CALL_OPTIONS>;

/** A call's options with nothing left open. */
export type CheckedCallOptions = CallDefaults & Partial<WholeCallOptions>;

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
  requireOptions<CallOptions>(CALL_OPTIONS, options, 'a call');
  const { timeoutMs = defaults.timeoutMs, attempts = defaults.attempts } = options;
  const { signal, traceparent, reference } = options;
  // Written out, not spread: it is made for every call. What is left out does not compile.
  const whole: WholeCallOptions = { timeoutMs, attempts, signal, traceparent, reference };
  return whole;
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

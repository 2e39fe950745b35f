/** The options of a call. */
import { OptionError } from '../errors.js';
import { limitOf, refuseUnknownOptions } from '../limits.js';
import type { Limits } from '../limits.js';

/** Options of one call. */
export interface CallOptions {
  /**
   * How long to wait for an answer, waiting for the peer's window included; an integer from 1 to
   * 2,147,483,647. Default: the endpoint's `timeoutMs`.
   */
  readonly timeoutMs?: number;
  /**
   * How often the request may be sent in all, 1 to 16, at growing intervals (1 s, doubling, with
   * jitter). A peer without a reply cache, such as Python's rpcudp, runs the procedure again for each
   * one that arrives. Default: the endpoint's `attempts`.
   */
  readonly attempts?: number;
  /** Cancels the call when it aborts; any number of calls may share one signal. */
  readonly signal?: AbortSignal;
  /** Given back in every report of this call. */
  readonly reference?: unknown;
}

/** A call's options with nothing left open. */
export type CheckedCallOptions = CallOptions & Pick<Limits, 'timeoutMs' | 'attempts'>;

const NAMES: readonly string[] = [
  'timeoutMs',
  'attempts',
  'signal',
  'reference',
] satisfies (keyof CallOptions)[];

/**
 * A call's options, checked, with the endpoint's defaults.
 *
 * @throws OptionError naming the option, its bounds and its value.
 */
export function checkCallOptions(
  options: CallOptions | undefined,
  defaults: Limits,
): CheckedCallOptions {
  if (options === undefined) return defaults;
  refuseUnknownOptions(options, NAMES, 'a call');
  const { timeoutMs = defaults.timeoutMs, attempts = defaults.attempts } = options;
  const { signal, reference } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new OptionError('signal', 'must be an AbortSignal');
  }
  return {
    timeoutMs: limitOf('timeoutMs', timeoutMs),
    attempts: limitOf('attempts', attempts),
    ...(signal !== undefined && { signal }),
    reference,
  };
}

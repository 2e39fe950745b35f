/**
 * Transaction: what masks need to know about a call or a request that is shown.
 *
 * The words of its errors, and of the reason of its cancel, may repeat a value, for example "wrong
 * password hunter2". So if any argument is masked, or nothing is known of the arguments, only the
 * name and the code of its errors are shown.
 */
import type { ErrorCode } from '../wire/error-code.js';

export interface Transaction {
  /** Undefined if it is not kept. Then it is not known what to mask in the answer. */
  readonly procedure: string | undefined;
  /** Whether a part of its arguments is masked. */
  readonly hasMasked: boolean;
}

/** A transaction of which nothing is known. */
export const UNKNOWN: Transaction = { procedure: undefined, hasMasked: true };

/** Stands for every transaction when there is no mask. */
export const OPEN: Transaction = { procedure: '', hasMasked: false };

/**
 * Codes of errors that quote a result, which may contain masked values: the code on the wire, and
 * the code of the thrown error.
 */
const QUOTES_RESULT: ReadonlySet<unknown> = new Set([
  'invalidResult' satisfies ErrorCode,
  'ERR_RPCUDP_INVALID_RESULT',
]);

/**
 * Whether the words of an error with this code may repeat a masked value. The value could not be
 * found in them.
 */
export function mayRepeat(code: unknown, transaction: Transaction): boolean {
  if (transaction === OPEN) return false;
  const { procedure, hasMasked } = transaction;
  return hasMasked || procedure === undefined || QUOTES_RESULT.has(code);
}

/** The keys of words that need not be an Error: what was thrown, and why a call was cancelled. */
const WORDS: ReadonlySet<string | undefined> = new Set(['error', 'reason']);
/** The keys of arguments, results and headers, in which these keys mean whatever their procedure says. */
const VALUES: ReadonlySet<string> = new Set(['args', 'value', 'headers']);

/** Whether a value at this path is an error or a reason, whatever its type. */
export function isWords(path: readonly string[]): boolean {
  return WORDS.has(path.at(-1)) && !path.some((key) => VALUES.has(key));
}

/** Transaction: what masks need to know about a call or a request that is shown. */
import type { ErrorCode } from '../../wire/error-code.js';

/**
 * A longer procedure name is shortened in records and not kept, because peers can send any name.
 */
export const MAX_NAME_LENGTH = 256;

export interface Transaction {
  /** Undefined if it is not kept. Then it is not known what to mask in the answer. */
  readonly procedure: string | undefined;
  /** Whether a part of its arguments is masked. */
  readonly hasMasked: boolean;
}

/** A transaction of which nothing is known. */
export const UNKNOWN: Transaction = { procedure: undefined, hasMasked: true };

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
export function mayRepeat(code: unknown, { procedure, hasMasked }: Transaction): boolean {
  return hasMasked || procedure === undefined || QUOTES_RESULT.has(code);
}

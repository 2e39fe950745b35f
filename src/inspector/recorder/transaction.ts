/** Transactions: a call or a request that is shown, as far as masks need to know it. */
import type { ErrorCode } from '../../wire/error-code.js';

/** A longer name of a procedure is shortened, and is not kept: peers can make up what they like. */
export const MAX_NAME_LENGTH = 256;

export interface Transaction {
  /** Undefined if it is not kept: then nobody knows what is masked in its answer. */
  readonly procedure: string | undefined;
  /** Whether something in its arguments is masked. */
  readonly hasMasked: boolean;
}

/** One of which nothing is known. */
export const UNKNOWN: Transaction = { procedure: undefined, hasMasked: true };

/** The codes of errors that quote a result, which may hold what is masked: as it is sent, and as it is thrown. */
const QUOTES_RESULT: ReadonlySet<unknown> = new Set([
  'invalidResult' satisfies ErrorCode,
  'ERR_RPCUDP_INVALID_RESULT',
]);

/** Whether the words of an error with this code may repeat what is masked: nobody can find it in them. */
export function mayRepeat(code: unknown, { procedure, hasMasked }: Transaction): boolean {
  return hasMasked || procedure === undefined || QUOTES_RESULT.has(code);
}

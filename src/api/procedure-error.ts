/** Errors that procedures declare: the part of a failure that is meant for the caller. */
import { isErrorCode } from '../wire/error-code.js';

const MAX_CODE_LENGTH = 128;

/**
 * What a procedure throws to answer with an error of its own: the caller's outcome is `rejected`, and its
 * `error` has this `code`, `message` and `data`. Its stack stays here. May be extended.
 *
 * An rpcudp endpoint gets it whole. A peer that speaks only rpcudp 5.x, which has no errors, gets silence.
 */
export class ProcedureError extends Error {
  override readonly name: string = 'ProcedureError';
  readonly code: string;
  /** Whatever can be sent, up to 8 KiB encoded; left out when it cannot. */
  readonly data: unknown;

  /** @throws TypeError for a code that is empty, over 128 characters, or one of the endpoint's own. */
  constructor(code: string, message: string, data?: unknown) {
    super(message);
    if (typeof code !== 'string' || code === '' || code.length > MAX_CODE_LENGTH) {
      throw new TypeError(`The code of a ProcedureError has 1 to ${MAX_CODE_LENGTH} characters`);
    }
    if (isErrorCode(code)) {
      throw new TypeError(
        `'${code}' is a code of the endpoint's own; a ProcedureError needs another`,
      );
    }
    this.code = code;
    this.data = data;
  }
}

/**
 * Ends a procedure with an error for its caller: `fail('noSuchUser', 'There is no user 7', { id: 7 })`.
 *
 * @throws ProcedureError always.
 */
export function fail(code: string, message: string, data?: unknown): never {
  throw new ProcedureError(code, message, data);
}

/** Procedure errors: the errors that a procedure declares for its caller. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { isErrorCode } from '../wire/error-code.js';

const MAX_CODE_LENGTH = 128;

/**
 * The error that a procedure throws to answer with a declared error. The caller's outcome is
 * `rejected`, and its `error` has this `code`, `message` and `data`. The stack is not sent. The
 * class may be extended.
 *
 * An rpcudp endpoint gets the whole error. A peer that speaks only rpcudp 5.x gets no answer,
 * because that protocol has no errors.
 */
export class ProcedureError extends Error {
  static {
    shareAmongCopies('ProcedureError', this);
  }

  override readonly name: string = 'ProcedureError';
  readonly code: string;
  /** Any value that can be sent and that takes at most 8 KiB encoded. Otherwise it is left out. */
  readonly data: unknown;

  /** @throws TypeError for a code that is empty, over 128 characters, or an `ErrorCode`. */
  constructor(code: string, message: string, data?: unknown) {
    super(message);
    if (typeof code !== 'string' || code === '' || code.length > MAX_CODE_LENGTH) {
      throw new TypeError(
        `The code of a ProcedureError must have 1 to ${MAX_CODE_LENGTH} characters`,
      );
    }
    if (isErrorCode(code)) {
      throw new TypeError(
        `'${code}' is reserved for endpoints; a ProcedureError needs another code`,
      );
    }
    this.code = code;
    this.data = data;
  }
}

/**
 * Ends a procedure with an error for its caller, as in
 * `fail('noSuchUser', 'There is no user 7', { id: 7 })`.
 *
 * @throws ProcedureError always.
 */
export function fail(code: string, message: string, data?: unknown): never {
  throw new ProcedureError(code, message, data);
}

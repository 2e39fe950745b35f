/** Request refused: why a request is not run, for middleware. */
import { shareAmongCopies } from '../copies/shared-class.js';
import type { NotRunCode } from '../wire/error-code.js';

/** Why a request is not run, as its caller was told. `cause` is the error behind it, if any. */
export class RequestRefusedError extends Error {
  static {
    shareAmongCopies('RequestRefusedError', this);
  }

  override readonly name = 'RequestRefusedError';
  /** The code that the caller gets: `unknownProcedure`, `overloaded`, … */
  readonly code: NotRunCode;
  /** What the caller gets besides code and message, if anything. */
  readonly data: unknown;

  constructor(code: NotRunCode, message: string, data?: unknown, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.data = data;
  }
}

/** Middleware errors: mistakes in a function of `use` or `intercept`. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { quote } from '../errors.js';

/** A function of `use` or `intercept` made a mistake, such as to call `next` twice. */
export class MiddlewareError extends TypeError {
  static {
    shareAmongCopies('MiddlewareError', this);
  }

  override readonly name = 'MiddlewareError';
  readonly code = 'ERR_RPCUDP_MIDDLEWARE';
  /** The function: `use[1]` is the second of the list `use`. */
  readonly place: string;
  /** The procedure that was called. If a peer called it, escape it before you print it. */
  readonly procedure: string;

  constructor(place: string, problem: string, procedure: string, options?: ErrorOptions) {
    super(`The middleware ${place} ${problem} (${quote(procedure)})`, options);
    this.place = place;
    this.procedure = procedure;
  }
}

/** Settlements: counts how requests ended, and reports each ending. */
import type { SettledRequest } from '../api/endpoint-report.js';
import { MiddlewareError } from '../api/middleware-error.js';
import { ProcedureError } from '../api/procedure-error.js';
import type { RequestEnding } from '../api/request-ending.js';
import { noRequests } from '../api/request-ending.js';
import { HandlerFailedError, HandlerTimedOutError } from '../errors.js';
import type { ErrorCode } from '../wire/error-code.js';
import type { HandlerContext } from './machine.js';

const TIMED_OUT: ErrorCode = 'handlerTimedOut';

export class Settlements {
  readonly #counts = noRequests();
  readonly #reportError: (error: unknown) => void;
  readonly #tell: (request: SettledRequest, ending: RequestEnding) => void;

  /**
   * @param reportError gets errors that are mistakes in a procedure
   * @param tell is called for every request that ends
   */
  constructor(
    reportError: (error: unknown) => void,
    tell: (request: SettledRequest, ending: RequestEnding) => void,
  ) {
    this.#reportError = reportError;
    this.#tell = tell;
  }

  get counts(): Readonly<Record<RequestEnding, number>> {
    return { ...this.#counts };
  }

  /** A procedure ended, perhaps after its caller cancelled the call. `thrown` is what it threw. */
  handlerEnded(context: HandlerContext, thrown: unknown): void {
    const request = thrown === undefined ? context : { ...context, error: thrown };
    this.settle(request, endingOf(context));
  }

  settle(request: SettledRequest, ending: RequestEnding): void {
    this.#counts[ending] += 1;
    const { procedure, error } = request;
    if (isMistake(ending, error)) this.#reportError(new HandlerFailedError(procedure, error));
    this.#tell(request, ending);
  }
}

function endingOf({ refusal, cancelled, failure }: HandlerContext): RequestEnding {
  if (refusal !== undefined) return refusal;
  if (cancelled) return 'cancelled';
  if (failure === undefined) return 'replied';
  return failure.code === TIMED_OUT ? 'timedOut' : 'failed';
}

/**
 * Whether this is a mistake in the procedure that nobody was told of yet: no declared error, not
 * the caller's deadline, and no mistake of middleware, which was reported when it was made.
 */
function isMistake(ending: RequestEnding, error: unknown): boolean {
  switch (ending) {
    case 'failed':
      return !(error instanceof ProcedureError || error instanceof MiddlewareError);
    case 'timedOut':
      return error instanceof HandlerTimedOutError && error.deadline === 'endpoint';
    default:
      return false;
  }
}

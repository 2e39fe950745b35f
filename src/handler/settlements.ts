/** Settlements: how requests ended, counted, and told to those who should hear of it. */
import type { SettledRequest } from '../api/endpoint-report.js';
import { ProcedureError } from '../api/procedure-error.js';
import type { RequestEnding } from '../api/request-ending.js';
import { noEndings } from '../api/request-ending.js';
import { HandlerFailedError, HandlerTimedOutError } from '../errors.js';

export class Settlements {
  readonly #counts = noEndings();
  readonly #reportError: (error: unknown) => void;
  readonly #tell: (request: SettledRequest, ending: RequestEnding) => void;

  /**
   * @param reportError takes what is the fault of whoever wrote the procedure
   * @param tell hears of every request that ends
   */
  constructor(
    reportError: (error: unknown) => void,
    tell: (request: SettledRequest, ending: RequestEnding) => void,
  ) {
    this.#reportError = reportError;
    this.#tell = tell;
  }

  /** Readable requests by ending. */
  get counts(): Readonly<Record<RequestEnding, number>> {
    return { ...this.#counts };
  }

  settle(request: SettledRequest, ending: RequestEnding): void {
    this.#counts[ending] += 1;
    const { procedure, error } = request;
    if (isMistake(ending, error)) this.#reportError(new HandlerFailedError(procedure, error));
    this.#tell(request, ending);
  }
}

/** Whether the one who wrote the procedure should hear of this: not what it declares, or its caller caused. */
function isMistake(ending: RequestEnding, error: unknown): boolean {
  switch (ending) {
    case 'failed':
      return !(error instanceof ProcedureError);
    case 'timedOut':
      return error instanceof HandlerTimedOutError && error.deadline === 'endpoint';
    default:
      return false;
  }
}

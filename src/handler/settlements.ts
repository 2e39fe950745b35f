/** Settlements: counts how requests ended. Reports which are started, and how each ended. */
import type { Hearers } from '../actor/listeners.js';
import type { SocketAddress } from '../address/address.js';
import type { EndpointReport, SettledRequest } from '../api/endpoint-report.js';
import { MiddlewareError } from '../api/middleware-error.js';
import { ProcedureError } from '../api/procedure-error.js';
import type { RequestEnding } from '../api/request-ending.js';
import { noRequests } from '../api/request-ending.js';
import type { Meters } from '../engine/meters.js';
import { HandlerFailedError, HandlerTimedOutError } from '../errors.js';
import type { ErrorCode } from '../wire/error-code.js';
import { NO_HEADERS } from '../wire/headers.js';
import type { HandlerContext } from './machine.js';

const TIMED_OUT: ErrorCode = 'handlerTimedOut';

export class Settlements {
  readonly #counts = noRequests();
  readonly #reportError: (error: unknown) => void;
  readonly #reports: Hearers<EndpointReport>;
  readonly #meters: Meters;

  /**
   * @param reportError gets errors that are mistakes in a procedure
   * @param reports those who listen to the endpoint
   * @param meters those who measure it
   */
  constructor(
    reportError: (error: unknown) => void,
    reports: Hearers<EndpointReport>,
    meters: Meters,
  ) {
    this.#reportError = reportError;
    this.#reports = reports;
    this.#meters = meters;
  }

  get counts(): Readonly<Record<RequestEnding, number>> {
    return { ...this.#counts };
  }

  /** A procedure is about to run. */
  started(context: HandlerContext, sender: SocketAddress): void {
    if (!this.#reports.hears('request.started')) return;
    const { procedure, peer, transactionId, attempt, headers = NO_HEADERS, oneWay } = context;
    const started = { procedure, sender, peer, transactionId, attempt, headers, oneWay };
    this.#reports.emit({ type: 'request.started', ...started });
  }

  /** A procedure ended, perhaps after its caller cancelled the call. `thrown` is what it threw. */
  handlerEnded(context: HandlerContext, thrown: unknown): void {
    const request = thrown === undefined ? context : { ...context, error: thrown };
    this.settle(request, endingOf(context));
  }

  settle(request: SettledRequest, ending: RequestEnding): void {
    this.#counts[ending] += 1;
    if (this.#meters.used) this.#meters.requestSettled(request, ending);
    const { procedure, error } = request;
    if (isMistake(ending, error)) this.#reportError(new HandlerFailedError(procedure, error));
    this.#report(request, ending);
  }

  #report(request: SettledRequest, ending: RequestEnding): void {
    if (!this.#reports.hears('request.settled')) return;
    const { procedure, peer, transactionId, durationMs, replyBytes, oneWay, error } = request;
    const settled = { procedure, peer, transactionId, durationMs, replyBytes, error };
    const isOneWay = oneWay === true && { oneWay };
    this.#reports.emit({ type: 'request.settled', ending, ...settled, ...isOneWay });
  }
}

function endingOf({ refusal, cancelled, failure, oneWay }: HandlerContext): RequestEnding {
  if (refusal !== undefined) return refusal;
  if (cancelled) return 'cancelled';
  if (failure === undefined) return oneWay ? 'finished' : 'replied';
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

/**
 * Parent request: the inbound request in whose course a call is made. What makes a call belong to
 * it is the handle that it is made through, which comes from the procedure's scope.
 */
import { EndpointClosedError } from '../errors.js';

export interface ParentRequest {
  /** Whether its procedure runs, and its request waits for the end. */
  readonly running: boolean;
}

/**
 * While the endpoint closes, only procedures that run may call.
 *
 * @throws EndpointClosedError
 */
export function requireRunning(parent: ParentRequest | undefined): void {
  if (parent === undefined) throw new EndpointClosedError();
  if (parent.running) return;
  throw new EndpointClosedError(
    'The endpoint is closed, and the procedure to whose scope this call belongs does not run any more',
  );
}

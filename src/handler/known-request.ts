/** Known requests: requests that arrived before. */
import type { SettledRequest } from '../api/endpoint-report.js';

/**
 * A request that repetitions are compared with. It is running, or it has ended and is remembered.
 */
export interface KnownRequest {
  /** Distinguishes the request from another one with the same id. */
  readonly digest: number;
  /** The details of the request for the endpoint's reports. */
  readonly settled: SettledRequest;
  /** Answers a repetition, as far as this is possible without running the procedure again. */
  repeat(): 'replayed' | 'duplicate';
}

/** A request whose procedure is running. */
export interface RunningRequest extends KnownRequest {
  /** The caller cancelled its call. */
  cancel(): 'delivered' | 'orphan';
}

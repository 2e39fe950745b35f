/** Requests that were seen before. */
import type { SettledRequest } from '../api/endpoint-report.js';

/** A request that a repetition of it is matched with: one that runs, or one that has ended and is remembered. */
export interface KnownRequest {
  /** Tells the request from another with the same id. */
  readonly digest: number;
  /** What is known of it, for those who listen to the endpoint. */
  readonly settled: SettledRequest;
  /** Answers a repetition as far as that can be done without running the procedure again. */
  repeat(): 'replayed' | 'duplicate';
}

/** One whose procedure runs. */
export interface RunningRequest extends KnownRequest {
  /** The caller took its call back. */
  cancel(): 'delivered' | 'orphan';
}

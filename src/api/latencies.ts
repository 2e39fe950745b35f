/** Latencies: how long calls and requests took, as `endpoint.stats()` tells it. */

/**
 * The name under which calls are measured together whose procedures are not among the first 64 that
 * an endpoint called.
 */
export const OTHER_PROCEDURES = '(others)';

/**
 * How long the calls of one procedure took, or its requests. Times are milliseconds, right to 1 %,
 * from a microsecond to an hour; what took longer counts as an hour.
 */
export interface Latency {
  /** How many were measured. */
  readonly count: number;
  readonly minMs: number;
  readonly meanMs: number;
  /** Half of them took no longer than this. */
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  /** Of a thousand, 999 took no longer than this. */
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** How long everything took since the endpoint was opened, by the name of the procedure. */
export interface Latencies {
  /**
   * Calls that were answered (`resolved` or `rejected`), from the making of the call to its answer.
   * The wait for the peer's window is included. At most 64 names, those that were called first, and
   * `(others)` for the rest.
   */
  readonly calls: Readonly<Record<string, Latency>>;
  /**
   * Requests whose procedures ran, from the arrival of the request to the end of the procedure, or
   * to its deadline. By the names that the endpoint offers, and no others.
   */
  readonly requests: Readonly<Record<string, Latency>>;
}

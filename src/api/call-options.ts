/** Options of one call. */
export interface CallOptions {
  /**
   * How long to wait for an answer, waiting for the peer's window included; an integer from 1 to
   * 2,147,483,647. Default: the endpoint's `timeoutMs`.
   */
  readonly timeoutMs?: number;
  /**
   * How often the request may be sent in all, 1 to 16, at growing intervals that follow the peer's
   * round-trip time. A peer without a reply cache, such as Python's rpcudp, runs the procedure again for
   * each one that arrives. Default: the endpoint's `attempts`; else 3 to rpcudp endpoints, which answer
   * a repeated request without running it again, and to any peer for idempotent procedures; else 1. A
   * peer that asks us to validate our address gets the request once more, whatever is said here.
   */
  readonly attempts?: number;
  /** Cancels the call when it aborts; any number of calls may share one signal. */
  readonly signal?: AbortSignal;
  /** W3C Trace Context for the peer's handler, 1 to 256 printable ASCII characters. */
  readonly traceparent?: string;
  /** Given back in every report of this call. */
  readonly reference?: unknown;
}

/** Options of one call. */
import type { CallHeaders } from '../wire/headers.js';

export interface CallOptions {
  /**
   * How long to wait for an answer, in milliseconds. The wait for the peer's window is included. A
   * number from 0 to 2,147,483,647, such as a scope's `remainingMs`. With 0 the call times out at
   * once, and is not sent. Default: the endpoint's `timeoutMs`.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The most times that the request may be sent, from 1 to 16. The intervals follow the peer's
   * round-trip time and grow up to a quarter of `timeoutMs`. A peer without a reply cache, such as
   * Python's rpcudp, runs the procedure again for each request that arrives.
   *
   * Default: the endpoint's `attempts`. If that is not set either, the request is repeated until
   * its deadline to rpcudp endpoints, which answer a repeated request without running it again, but
   * not for longer than 20 s, because they remember requests for 30 s; until its deadline to any
   * peer if its procedure is idempotent; and otherwise it is sent once. When a peer asks this
   * endpoint to validate its address, the request is sent once more, whatever the limit is.
   */
  readonly attempts?: number | undefined;
  /** Cancels the call when it aborts. Any number of calls may share one signal. */
  readonly signal?: AbortSignal | undefined;
  /** The W3C Trace Context for the peer's handler: 1 to 256 printable ASCII characters. */
  readonly traceparent?: string | undefined;
  /**
   * Texts and binaries for the peer's handler, such as a token: at most 15, and 400 bytes with their
   * names (fewer with a `traceparent` of more than 69 characters). They are not checked by contracts.
   *
   * Only rpcudp endpoints get them. A call with headers to a peer that is not one is `unsent`, with an
   * OldPeerError. To a peer that has not answered anything it is sent when a probe, which runs
   * nothing, was answered; without an answer it is `timedOut` with the verdict `probeUnanswered`.
   * Default: none.
   */
  readonly headers?: CallHeaders | undefined;
  /** Any value. Every report of this call carries it. */
  readonly reference?: unknown;
}

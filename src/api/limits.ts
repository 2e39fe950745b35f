/** Limits: the numeric options of an endpoint. `engine/limits.ts` has their bounds. */

/** The numeric options of an endpoint. All are integers. Times are milliseconds. */
export interface Limits {
  /** How long a call waits for its answer. Default 5,000, as in Python's rpcudp. */
  readonly timeoutMs: number;
  /**
   * The most times that a request may be sent. Default: as often as its deadline allows to peers
   * that are known to run a repeated request only once, once to others. A number that is given
   * here, or with a call, applies to every peer.
   */
  readonly attempts: number | undefined;
  /**
   * How long a request to a peer of which little is known waits for its answer, before a probe or a
   * repetition is sent. The wait is stretched at random by up to half. From 200 to 8,000; default
   * 1,000 (RFC 8085, section 3.1.1). Once 8 peers have answered, it is the time within which 95 of
   * 100 new ones did, if that is shorter, but at least 300. The last 64 new ones count.
   */
  readonly initialRtoMs: number;
  /** How long a call that timed out still recognises a late answer. Default 10,000. */
  readonly lingerMs: number;
  /** The most calls that may linger at a time after a time-out. Default 4,096. */
  readonly maxLingering: number;
  /** The most calls in flight to a peer that has not answered yet. Default 4. */
  readonly initialWindow: number;
  /** The most calls in flight to one peer, without those whose answer is overdue. Default 64. */
  readonly window: number;
  /** The most calls that wait for one peer's window. Default 4,096. A call beyond it is `unsent`. */
  readonly mailbox: number;
  /** The most bytes of requests that wait for one peer's window. Default 1 MiB. Likewise. */
  readonly mailboxBytes: number;
  /** The most calls in flight to all peers. Default 65,536. A call beyond it is `unsent`. */
  readonly maxOutstanding: number;
  /**
   * The most notifications on the way to one peer without a sign that they arrived. Default 1,024.
   * One beyond it is dropped, or waits if it has a key. To a new peer it begins with
   * `initialWindow`, and to one that does not speak all of this protocol it is at most `window`.
   */
  readonly notifyFlight: number;
  /**
   * The most bytes of these notifications. Default 65,536, which a receive buffer of Linux holds.
   * One that does not share its datagram counts 512 bytes more. One alone is always admitted.
   */
  readonly notifyFlightBytes: number;
  /** The most notifications with keys that wait for room on the way to one peer. Default 64. */
  readonly notifyWaiting: number;
  /**
   * The most peers that are remembered. Default 10,000. Idle peers are forgotten to make room:
   * strangers that only asked go first, and peers that this endpoint called or holds go last.
   */
  readonly maxPeers: number;
  /** The most procedures that may run at a time. Default 256. A request beyond it is refused. */
  readonly maxRunningHandlers: number;
  /** The most procedures that run at a time for one peer. Default 32. More requests are refused. */
  readonly maxRunningPerPeer: number;
  /**
   * The largest share of `maxRunningHandlers`, and in `'strict'` mode of `maxReplies`, that one
   * host may have, in percent. Default 50. What one peer may have it always has. Hosts of the
   * loopback network have no such limit, here and below.
   */
  readonly maxHostSharePercent: number;
  /**
   * The largest share of these, and of a full table of `maxPeers`, that one network may have (/24,
   * with IPv6 /56), in percent. Default 75.
   */
  readonly maxNetworkSharePercent: number;
  /** How long a procedure may run. Default 5,000. The caller's deadline applies as well. */
  readonly handlerTimeoutMs: number;
  /** How long a reply is remembered, to answer repetitions of its request. Default 30,000. */
  readonly replayWindowMs: number;
  /** The most ended requests to remember. Default 16,384. `atMostOnce` says what happens beyond. */
  readonly maxReplies: number;
  /** The most bytes of replies to remember. Default 8 MiB. Beyond it the oldest are dropped. */
  readonly maxReplyBytes: number;
  /**
   * The most bytes of a datagram that bundles several frames for one rpcudp endpoint. Default
   * 1,200, which almost every path carries without fragmentation (RFC 9000, section 14). With 0,
   * each frame is sent in its own datagram. Bundles that arrive are always read.
   */
  readonly maxBundleBytes: number;
  /**
   * How long `close` waits for procedures that are still running, and for the calls that they make
   * through their scopes. Default 1,000. `close({ graceMs })` says otherwise.
   */
  readonly closeGraceMs: number;
}

/** The limits as options. What is left out, or undefined, has its default. */
export type LimitOptions = { readonly [Name in keyof Limits]?: Limits[Name] | undefined };

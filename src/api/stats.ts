/** Endpoint statistics: the counts that `endpoint.stats()` gives. */
import type { OutcomeCounts } from './call-state.js';
import type { EndpointState } from './endpoint-state.js';
import type { NotificationCounts } from './notification-state.js';
import type { RequestCounts } from './request-ending.js';
import type { FateCounts } from './fate.js';
import type { Latencies } from './latencies.js';

/**
 * The counts of an endpoint. Names that end in `Now` are current numbers; all others count from the
 * opening of the endpoint. The sums are exact between two events. A procedure that reads them while
 * it is being started is already in `runningNow`, but its frame is not yet in `fates`.
 */
export interface EndpointStats {
  /** What the endpoint does at this moment. */
  readonly state: EndpointState;
  /** Inbound datagrams. */
  readonly received: number;
  /** Inbound frames: one in each datagram, or several in a bundle. The sum of all `fates`. */
  readonly framesReceived: number;
  readonly fates: FateCounts;
  /** Frames with bytes after the body that are not a header map. They are accepted without it. */
  readonly unreadableHeaders: number;
  /**
   * Datagrams that the kernel dropped since the socket was bound, because its receive buffer was
   * full. Known only on Linux. To read it takes about 0.1 ms, and longer on a machine with
   * thousands of UDP sockets.
   */
  readonly kernelDrops: number | undefined;
  /** The size of the receive buffer as the system reports it; undefined where there is none. */
  readonly receiveBufferBytes: number | undefined;
  /**
   * Outbound datagrams. They are `sent` when the kernel accepted them and `refused` when it did
   * not; `refusedBy` counts refusals by error code. The rest are datagrams whose callback has not
   * come yet, or was lost when the socket closed.
   */
  readonly attempted: number;
  /** The frames in the attempted datagrams. */
  readonly framesAttempted: number;
  readonly sent: number;
  readonly refused: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  /** Calls by outcome. */
  readonly outcomes: Readonly<OutcomeCounts>;
  /**
   * Notifications that this endpoint made, by ending. Those made are the sum of these and
   * `notificationsNow`.
   */
  readonly notifications: Readonly<NotificationCounts>;
  /** Readable requests, by ending. */
  readonly requests: Readonly<RequestCounts>;
  /** Requests that were forgotten before the end of their replay window, to make room. */
  readonly forgottenEarly: number;
  /** Replies that were not sent because the address was not validated; see `amplification`. */
  readonly withheldReplies: number;
  /** Results and errors of procedures that ended after their caller had stopped waiting. */
  readonly discardedResults: number;
  /** Refused requests that middleware was not shown, because it was busy with 64 others. */
  readonly unseenRefusals: number;
  /** The number of calls made equals the sum of all `outcomes`, `queuedNow` and `inFlightNow`. */
  readonly queuedNow: number;
  readonly inFlightNow: number;
  readonly lingeringNow: number;
  /** Notifications that wait: for the end of the turn, for room, for a name, or for the kernel. */
  readonly notificationsNow: number;
  readonly runningNow: number;
  /** Procedures that run on after their deadline. Each holds its slot until it has ended. */
  readonly overrunNow: number;
  readonly rememberedNow: number;
  readonly peersNow: number;
  /**
   * How long calls and requests took. Undefined unless the endpoint has the option `latencies`, and
   * where the runtime lacks `createHistogram` of `node:perf_hooks`. To read it takes some 10 µs for
   * each procedure.
   */
  readonly latencies: Latencies | undefined;
}

/** What an endpoint counts. */
import type { OutcomeCounts } from './call-state.js';
import type { RequestCounts } from './request-ending.js';
import type { FateCounts } from './fate.js';

/**
 * Everything is since it was opened, but for what ends in `Now`. The sums hold between two events; a
 * procedure that asks while it is being started finds itself running, and its frame not yet counted.
 */
export interface EndpointStats {
  /** Inbound datagrams. */
  readonly received: number;
  /** The frames in them, one in each and several in a bundle: the sum of all `fates`. */
  readonly framesReceived: number;
  readonly fates: FateCounts;
  /** Frames with something after the body that is no header map; they are taken without it. */
  readonly unreadableHeaders: number;
  /**
   * Datagrams that the kernel dropped since the socket was bound, its buffer being full; on Linux. It is
   * read from a file: some 0.1 ms, and more where a machine has thousands of UDP sockets.
   */
  readonly kernelDrops: number | undefined;
  /** The receive buffer that the system granted, as it counts; undefined where there is none. */
  readonly receiveBufferBytes: number | undefined;
  /**
   * Outbound datagrams: `attempted` are those that the kernel took (`sent`), those that were `refused`,
   * by error code in `refusedBy`, and those whose callback has not come, or was lost with the socket.
   */
  readonly attempted: number;
  /** The frames in those that were attempted. */
  readonly framesAttempted: number;
  readonly sent: number;
  readonly refused: number;
  readonly refusedBy: Readonly<Record<string, number>>;
  /** Calls by outcome. */
  readonly outcomes: Readonly<OutcomeCounts>;
  /** Readable requests by ending. */
  readonly requests: Readonly<RequestCounts>;
  /** Requests that were forgotten before their replay window was over, to make room. */
  readonly forgottenEarly: number;
  /** Replies that were not sent, their address being not validated; see `amplification`. */
  readonly withheldReplies: number;
  /** Results, and errors, of procedures that ended when nobody waited any longer. */
  readonly discardedResults: number;
  /** Calls made are the sum of all `outcomes`, `queuedNow` and `inFlightNow`. */
  readonly queuedNow: number;
  readonly inFlightNow: number;
  readonly lingeringNow: number;
  readonly runningNow: number;
  readonly rememberedNow: number;
  readonly peersNow: number;
}

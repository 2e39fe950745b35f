/** Endpoint reports: the events that an endpoint emits to its listeners. */
import type { SocketAddress } from '../address/address.js';
import type { RequestEnding } from './request-ending.js';
import type { Fate } from './fate.js';

/** A readable request that has ended. */
export interface SettledRequest {
  /** The name as the peer sent it. Escape it before you print it. */
  readonly procedure: string;
  /** The peer's address. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  /** Milliseconds from arrival to the end of the procedure; undefined when it did not end. */
  readonly durationMs?: number | undefined;
  readonly replyBytes?: number | undefined;
  /** Whether it is a notification: nothing was sent back. */
  readonly oneWay?: boolean | undefined;
  /** What the procedure threw, or an error that names the limit that the request met. */
  readonly error?: unknown;
}

/** An event that an endpoint emits. */
export type EndpointReport =
  | {
      /** An inbound frame has its fate. A frame is a datagram, or a part of a bundle. */
      readonly type: 'frame.settled';
      readonly fate: Fate;
      readonly from: SocketAddress;
    }
  | (SettledRequest & {
      /** A readable request ended. */
      readonly type: 'request.settled';
      readonly ending: RequestEnding;
    })
  | {
      /** The endpoint is closed. `error` is the reason if nobody called `close()`. */
      readonly type: 'endpoint.closed';
      readonly error: Error | undefined;
    };

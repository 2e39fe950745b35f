/** Endpoint reports: the events that an endpoint emits to its listeners. */
import type { SocketAddress } from '../address/address.js';
import type { RequestEnding } from './request-ending.js';
import type { Fate } from './fate.js';
import type { HealthReport } from './health-report.js';
import type { CallHeaders } from '../wire/headers.js';

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

/** A request whose procedure is started. */
export interface StartedRequest {
  /** The name of the procedure. */
  readonly procedure: string;
  /** Where the request came from. UDP source addresses can be forged. */
  readonly sender: SocketAddress;
  /** The same address as text, by which reports name a peer. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  /** Which transmission of the request arrived first, from 1. */
  readonly attempt: number;
  /** The caller's headers: frozen, without a prototype, and empty if there are none. */
  readonly headers: CallHeaders;
  /** Whether it is a notification: nothing will be sent back. */
  readonly oneWay: boolean;
}

/** An event that an endpoint emits. */
export type EndpointReport =
  | HealthReport
  | (StartedRequest & {
      /**
       * A procedure is about to run. Its `request.settled` follows. Requests that are refused, or
       * that repeat another one, are settled without it.
       */
      readonly type: 'request.started';
    })
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

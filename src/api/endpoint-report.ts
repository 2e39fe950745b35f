/** Reports: what an endpoint tells those who listen to it. */
import type { SocketAddress } from '../address/address.js';
import type { RequestEnding } from './request-ending.js';
import type { Fate } from './fate.js';

/** A readable request, and what is known of it at its end. */
export interface SettledRequest {
  /** The peer's word: escape it before you print it. */
  readonly procedure: string;
  /** The peer's address. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  /** From arrival to the procedure's end; undefined when it did not end. */
  readonly durationMs?: number | undefined;
  readonly replyBytes?: number | undefined;
  /** What the procedure threw; or which limit the request met. */
  readonly error?: unknown;
}

/** Emitted by an endpoint. */
export type EndpointReport =
  | {
      /** An inbound frame found its fate: a datagram, or a part of one that is a bundle. */
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
      /** The endpoint is closed; `error` says why, when nobody asked for it. */
      readonly type: 'endpoint.closed';
      readonly error: Error | undefined;
    };

/** Whom handlers belong to. */
import type { AnyActorRef } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { PeerRequests } from './peer-requests.js';

/** The peer, as its handlers see it. */
export interface HandlerOwner {
  readonly ref: AnyActorRef;
  readonly address: string;
  /** Host and port as a frozen object, which procedures are given. */
  readonly socketAddress: SocketAddress;
  /** True once its actor has ended: the requests of its successor are others. */
  readonly forgotten: boolean;
  /** What is counted of its requests. */
  readonly requests: PeerRequests;
  readonly replies: ReplySender;
  /** A request of so many bytes arrived. */
  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void;
}

/** The peers, as the inbox sees them. */
export interface HandlerOwners {
  /** The one at an IP address, if it is known. */
  find(host: string, port: number): HandlerOwner | undefined;
  /** A new one for a request from an unknown address; undefined when there is no room for it. */
  admitStranger(host: string, port: number): HandlerOwner | undefined;
}

/** Sends replies, unless a peer's address may be forged and the reply is too large for that. */
export interface ReplySender {
  /** Sends the reply to a request. */
  send(frame: OutboundFrame, request: RepliedTo): void;
  /** Sends the reply to a repeated request, in a datagram of its own. */
  sendAgain(frame: OutboundFrame, request: RepliedTo): void;
}

/** The request that a reply is for. */
export interface RepliedTo {
  readonly transactionId: TransactionId;
  /** Whether its sender understands more than a response. */
  readonly native: boolean;
}

/** Handler owner: the interface of a peer for its handlers. */
import type { AnyActorRef } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { PeerRequests } from './peer-requests.js';

export interface HandlerOwner {
  readonly ref: AnyActorRef;
  /** No other actor of the process has this number. */
  readonly number: number;
  readonly address: string;
  /** Host and port as a frozen object, which procedures get. */
  readonly socketAddress: SocketAddress;
  /** True once its actor has ended. A successor does not know this peer's requests. */
  readonly forgotten: boolean;
  readonly requests: PeerRequests;
  readonly replies: ReplySender;
  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void;
}

/** The members of the peer table that the inbox uses. */
export interface HandlerOwners {
  /** The peer at an IP address, if it is known. */
  find(host: string, port: number): HandlerOwner | undefined;
  /** Makes a peer for an unknown address. Gives undefined if there is no room for it. */
  admitStranger(host: string, port: number): HandlerOwner | undefined;
}

/** Sends replies. A reply is withheld if it is too large for an address that is not validated. */
export interface ReplySender {
  send(frame: OutboundFrame, request: RepliedTo): void;
  /** Sends the reply to a repeated request, in its own datagram. */
  sendAgain(frame: OutboundFrame, request: RepliedTo): void;
}

export interface RepliedTo {
  readonly transactionId: TransactionId;
  readonly native: boolean;
}

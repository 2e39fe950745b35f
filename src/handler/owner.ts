/** Handler owner: the interface of a peer for its handlers. */
import type { AnyActorRef } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { Origin } from './origin.js';
import type { PeerRequests } from './peer-requests.js';
import type { Refusal } from './refusal.js';

export interface HandlerOwner {
  readonly ref: AnyActorRef;
  /** The canonical address. Requests are remembered by it, and not by the actor. */
  readonly address: string;
  /** The secret hash of its address. */
  readonly addressHash: number;
  /** Host and port as a frozen object, which procedures get. */
  readonly socketAddress: SocketAddress;
  /** Its host, or at least its network, if that holds something here. */
  readonly origin: Origin | undefined;
  readonly requests: PeerRequests;
  readonly replies: ReplySender;
  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void;
  /** The peer whose procedure is run: itself, or the one that a stranger becomes. Or why not. */
  admit(): HandlerOwner | Refusal;
}

/** The members of the peer table that the inbox uses. */
export interface HandlerOwners {
  /** The peer at an IP address, if it is known. */
  find(host: string, port: number): HandlerOwner | undefined;
  /** The sender of a datagram whose address is not that of a known peer. Nothing keeps it. */
  stranger(host: string, port: number): HandlerOwner;
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

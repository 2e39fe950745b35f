/** Whom handlers belong to. */
import type { AnyActorRef } from 'xstate';
import type { TransactionId } from '../wire/frame.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { Handler } from './handler.js';

/** The peer, as its handlers see it. */
export interface HandlerOwner {
  readonly ref: AnyActorRef;
  readonly address: string;
  /** True once its actor has ended: the requests of its successor are others. */
  readonly forgotten: boolean;
  /** Handlers of its requests whose procedures' end is awaited. */
  readonly handlers: Map<TransactionId, Handler>;
  /** How many of its requests run, are remembered with their replies, and are remembered as refused. */
  running: number;
  repliesRemembered: number;
  refusalsRemembered: number;
  readonly replies: ReplySender;
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

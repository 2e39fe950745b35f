/** Whom calls belong to. */
import type { AnyActorRef } from 'xstate';
import type { FrameOwner } from '../engine/sender.js';
import type { RequestFrame } from '../wire/outbound-frame.js';

/** The peer, as its calls see it. */
export interface CallOwner<TCall> {
  readonly ref: AnyActorRef;
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly heardAtMs: number | undefined;
  /** Whether it is known to run a repeated request only once, and to understand more than rpcudp 5.x. */
  readonly native: boolean;
  /** How long to wait for an answer before the request is sent again. */
  rtoMs(nowMs: number): number;

  /** A call was made; `callEnded` will be told of it. */
  callMade(): void;
  /** The call is to be sent, as soon as there is room. */
  place(call: TCall): void;
  /** Sends the call's request for the first time. */
  transmit(call: TCall): void;
  /** Sends a request once more; `owner` hears what the kernel made of it. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void;

  /** An answer to one of its calls arrived; `native` says whether it had a header map. */
  answered(nowMs: number, native: boolean): void;
  /** No answer came within `waitedMs` to what a call sent at `sentAtMs`. */
  unanswered(waitedMs: number, sentAtMs: number): void;
  /** The peer is at work on a call that was first sent at `sentAtMs`. */
  atWork(call: TCall, sentAtMs: number): void;
  /** The call goes on waiting, and needs no place in the window for that. */
  release(call: TCall): void;
  /** The call left the window or the mailbox: it has its outcome. */
  callSettled(call: TCall): void;
  /** The call is over, in this state: settled, and no longer lingering. */
  callEnded(call: TCall, state: string): void;
}

/** Call owner: the interface of a peer for its calls. */
import type { AnyActorRef } from 'xstate';
import type { FrameOwner } from '../engine/sender.js';
import type { RequestFrame } from '../wire/outbound-frame.js';

export interface CallOwner<TCall> {
  readonly ref: AnyActorRef;
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly heardAtMs: number | undefined;
  /**
   * Whether it is known to be an rpcudp endpoint, which runs a repeated request only once and
   * understands more than rpcudp 5.x does.
   */
  readonly native: boolean;
  /** The same as far as it is known: undefined if the peer has not answered any call. */
  readonly knownNative: boolean | undefined;
  /** The retransmission time-out for a new request: doubled after each loss, until an answer. */
  rtoMs(nowMs: number): number;
  /** The retransmission time-out by what was measured alone, without that back-off. */
  estimatedRtoMs(nowMs: number): number;

  /** A call was made. `callEnded` follows later. */
  callMade(): void;
  /** Sends the call as soon as the window has room. */
  place(call: TCall): void;
  /** Takes over a call of another peer, which is already in flight if `sent`. */
  takeOver(call: TCall, sent: boolean): void;
  /** The call goes to another peer. It is neither settled nor ended here. */
  callLeft(call: TCall): void;
  transmit(call: TCall): void;
  /** Sends a request again. `owner` gets the kernel's result. */
  retransmit(frame: RequestFrame, owner: FrameOwner): void;
  /** The call's request must not be sent again before it is known that the peer is `native`. */
  probe(call: TCall, nowMs: number): void;

  /** It keeps its place in the table of peers until `unused`. */
  used(): void;
  unused(): void;

  /** Asks whether the peer reads headers, for a call that waits for this. */
  introduce(call: TCall, nowMs: number): void;
  /** Whether the call waits for that, and the peer was asked. */
  introduces(call: TCall): boolean;

  /** An answer to one of its calls arrived. `native` says whether it had a header map. */
  answered(nowMs: number, native: boolean): void;
  /** No answer came within `waitedMs` to the transmission at `sentAtMs`. */
  unanswered(waitedMs: number, sentAtMs: number): void;
  /** The peer is working on a call that was first sent at `sentAtMs`. */
  atWork(call: TCall, sentAtMs: number): void;
  /** The call gives up its place in the window and keeps waiting. */
  release(call: TCall): void;
  /** The call has its outcome, and leaves the window or the mailbox. */
  callSettled(call: TCall): void;
  /** No answer to the call has come, for the first time, `waitedMs` after it was sent. */
  callOverdue(call: TCall, waitedMs: number): void;
  /** An answer to the call came from an address that was not asked, for the first time. */
  callAnsweredElsewhere(call: TCall): void;
  /** The call has ended in this state: it is settled and does not linger any more. */
  callEnded(call: TCall, state: string): void;
}

/** Sender: the interface of the socket actor for those that send. */
import type { AnyActorRef } from 'xstate';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/**
 * The owner of a frame. It gets the kernel's result for the datagram with the frame; `bundled` says
 * whether the datagram was a bundle.
 */
export interface FrameOwner {
  sent(error: Error | null, bundled: boolean): void;
}

/** The owner of a frame that waits for others, to be sent together with them. */
export interface WaitingOwner extends FrameOwner {
  /** From this time on the frame must not be sent any more, in monotonic milliseconds. */
  readonly deadlineMs: number;
  /** The frame was not sent, because the deadline has passed. */
  withdraw(): void;
  /** The frame leaves only now: the event loop was blocked while it waited. */
  delayed(nowMs: number): void;
}

export interface Sender {
  readonly ref: AnyActorRef;
  send(frame: OutboundFrame, host: string, port: number, owner?: FrameOwner): void;
  /**
   * Hands a bundle to the kernel. `owners` has an element for each frame, which may be undefined.
   * Never throws.
   */
  sendBundle(
    bundle: Buffer,
    host: string,
    port: number,
    owners: readonly (FrameOwner | undefined)[],
  ): void;
}

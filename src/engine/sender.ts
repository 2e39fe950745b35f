/** What sends: the socket actor, as the others see it. */
import type { AnyActorRef } from 'xstate';
import type { OutboundFrame } from '../wire/outbound-frame.js';

/** Whose frame it is: hears what the kernel made of the datagram that carries it, alone or in a bundle. */
export interface FrameOwner {
  sent(error: Error | null, bundled: boolean): void;
}

export interface Sender {
  readonly ref: AnyActorRef;
  /** Hands a frame to the kernel, alone in its datagram. Never throws. */
  send(frame: OutboundFrame, host: string, port: number, owner?: FrameOwner): void;
  /** Hands a bundle to the kernel, with an owner, or none, for each of its frames. Never throws. */
  sendBundle(
    bundle: Buffer,
    host: string,
    port: number,
    owners: readonly (FrameOwner | undefined)[],
  ): void;
}

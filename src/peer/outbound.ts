/**
 * Outbound: what a peer keeps for the calls to it. It is created for the first call, because on an
 * open network most peers only send requests.
 */
import type { CallActor } from '../call/call.js';
import type { Clock } from '../time/clock.js';
import type { MailboxLimits } from './mailbox.js';
import { Outbox } from './outbox.js';
import { Path } from './path.js';
import type { WindowLimits } from './window.js';

type OutboundLimits = WindowLimits & MailboxLimits;

export class Outbound {
  readonly path: Path;
  readonly outbox: Outbox;

  /** @param open whether the address is known, so that calls can be sent */
  constructor(limits: OutboundLimits, clock: Clock, open: boolean) {
    this.path = new Path(limits, clock);
    this.outbox = new Outbox(clock, this.path.window, limits, open);
  }

  /** Gives up the call's place in the window, to the next one that waits. */
  release(call: CallActor): void {
    this.outbox.release(call);
    this.outbox.drain();
  }
}

/**
 * Outbound: what a peer keeps for the calls to it. It is created for the first call, because on an
 * open network most peers only send requests.
 */
import type { CallActor } from '../call/call.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import type { Clock } from '../time/clock.js';
import { FirstContact } from './first-contact.js';
import type { MailboxLimits } from './mailbox.js';
import { Outbox } from './outbox.js';
import { Path } from './path.js';
import type { WindowLimits } from './window.js';

type OutboundLimits = WindowLimits & MailboxLimits;

export class Outbound {
  readonly path: Path;
  readonly outbox: Outbox;
  /** Whether the peer has answered a call, so that it is known what it understands. */
  hasAnswered = false;
  #firstContact: FirstContact | undefined;

  /** @param open whether the address is known, so that calls can be sent */
  constructor(
    limits: OutboundLimits,
    clock: Clock,
    firstRoundTrips: FirstRoundTrips,
    open: boolean,
  ) {
    this.path = new Path(limits, clock, firstRoundTrips);
    this.outbox = new Outbox(clock, this.path.window, limits, open);
  }

  /**
   * Whether a probe may be sent now: the peer has not answered anything, and no other probe is on
   * its way. If so it counts as sent.
   */
  mayProbe(nowMs: number, timeoutMs: number): boolean {
    if (this.hasAnswered) return false;
    // Created on demand, because most peers answer the first request.
    const firstContact = (this.#firstContact ??= new FirstContact());
    return firstContact.mayProbe(nowMs, this.path.estimatedRtoMs(nowMs), timeoutMs);
  }

  /** When the next probe may be sent, if one was sent. */
  get nextProbeMs(): number {
    return this.#firstContact?.overdueAtMs ?? Infinity;
  }

  /** Gives up the call's place in the window, to the next one that waits. */
  release(call: CallActor): void {
    this.outbox.release(call);
    this.outbox.drain();
  }
}

/** Notifying peer: the notifications to a peer. The peer actor sends them. */
import type { WaitingOwner } from '../engine/sender.js';
import type { NotificationActor } from '../notification/notification.js';
import type { Message } from '../notification/notifier.js';
import { Outlet } from '../notification/outlet.js';
import type { NotifiablePeer } from '../notification/outlet.js';
import type { ParentRequest } from '../call/parent-request.js';
import { BUNDLE_HEADER_BYTES, bundledBytes } from '../wire/bundle.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import { encodeSignal } from '../wire/signal.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { CalledPeer } from './called-peer.js';

/** What the kernel's buffers take for a datagram beside its bytes, roughly. */
const DATAGRAM_BYTES = 512;

export abstract class NotifyingPeer<Self extends NotifyingPeer<Self>>
  extends CalledPeer<Self>
  implements NotifiablePeer
{
  /** Made for the first notification. */
  madeOutlet: Outlet | undefined;

  abstract readonly takesBundles: boolean;
  abstract lookUp(): void;
  abstract depart(frame: OutboundFrame, owner: WaitingOwner): void;
  /** Sends a frame in its own datagram, after those that wait. */
  protected abstract sendLast(frame: OutboundFrame): void;

  get outlet(): Outlet {
    return (this.madeOutlet ??= new Outlet(this, this.kit.notifier));
  }

  /** That of its calls; without any, that of the probes after its notifications. */
  override get roundTripMs(): number | undefined {
    return super.roundTripMs ?? this.madeOutlet?.roundTripMs;
  }

  /** Notifies the peer. Throws EndpointClosedError. */
  notify(message: Message, parent: ParentRequest | undefined): NotificationActor {
    return this.kit.notifier.notify(this, message, parent);
  }

  /** Makes a notification that ends at once, because the peer has no place in the table of peers. */
  refuseToNotify(
    message: Message,
    parent: ParentRequest | undefined,
    error: Error,
  ): NotificationActor {
    return this.kit.notifier.refuse(this, message, parent, error);
  }

  /** Whether a notification would be sent. */
  get mayNotify(): boolean {
    return this.outlet.isReady;
  }

  /** Resolves when a notification would be sent. */
  async readyToNotify(): Promise<void> {
    await this.outlet.ready();
  }

  /** The notifications that have not ended. */
  openNotifications(): readonly NotificationActor[] {
    return this.madeOutlet?.open() ?? [];
  }

  /** The endpoint closes. */
  closeOutlet(): void {
    this.madeOutlet?.close();
  }

  get located(): boolean {
    return this.health !== 'resolving';
  }

  costOf(frame: OutboundFrame): number {
    const bytes = bundledBytes(frame);
    const isShort = BUNDLE_HEADER_BYTES + bytes <= this.kit.limits.maxBundleBytes;
    return isShort && this.takesBundles ? bytes : frame.length + DATAGRAM_BYTES;
  }

  ask(id: TransactionId): void {
    this.sendLast(encodeSignal('probe', id));
  }

  measured(rttMs: number, nowMs: number): void {
    this.calls.path.measured(rttMs, nowMs);
    this.changed();
  }

  silentSince(sentAtMs: number): void {
    if ((this.heardAtMs ?? -Infinity) <= sentAtMs) this.receive({ type: 'expired' });
  }

  override forget(): void {
    super.forget();
    this.madeOutlet?.end();
  }
}

/**
 * Called peer: the calls to a peer, and what it shows of them. The peer actor makes and sends them.
 */
import type { Subscription } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { CallActor } from '../call/call.js';
import type { Engine } from '../engine/engine.js';
import type { PeerKit } from './kit.js';
import { Outbound } from './outbound.js';
import { refuseOld } from './outbox.js';
import { Tenure } from './tenure.js';
import { firstLimit } from './window.js';

export abstract class CalledPeer<Self extends CalledPeer<Self>> extends Tenure<Self> {
  protected readonly kit: PeerKit<Self>;
  /** Made for the first call. */
  #outbound: Outbound | undefined;
  /** Made for the first who watches. Bounded by the user's `subscribe` calls. */
  #watching: Set<() => void> | undefined;

  constructor(
    engine: Engine,
    kit: PeerKit<Self>,
    address: SocketAddress,
    friend: boolean,
    resolved: boolean,
  ) {
    super(engine, kit, address, friend, resolved);
    this.kit = kit;
  }

  abstract get knownNative(): boolean | undefined;
  abstract probe(call: CallActor, nowMs: number): void;

  protected get calls(): Outbound {
    return (this.#outbound ??= this.#makeOutbound());
  }

  #makeOutbound(): Outbound {
    const { firstRoundTrips, limits } = this.kit;
    const hasAddress = this.health !== 'resolving';
    return new Outbound(limits, this.home.clock, firstRoundTrips, hasAddress);
  }

  get inFlight(): number {
    return this.#outbound?.outbox.inFlight ?? 0;
  }

  get queued(): number {
    return this.#outbound?.outbox.queued ?? 0;
  }

  get inWindow(): number {
    return this.#outbound?.path.window.size ?? 0;
  }

  get windowLimit(): number {
    return this.#outbound?.path.window.limit ?? firstLimit(this.kit.limits);
  }

  get roundTripMs(): number | undefined {
    return this.#outbound?.path.roundTripMs;
  }

  /** How many more calls would not be refused. */
  get room(): number {
    const { limits } = this.kit;
    return this.#outbound?.outbox.room ?? firstLimit(limits) + limits.mailbox;
  }

  /** Resolves when a call would be sent at once. */
  async ready(): Promise<void> {
    await this.#outbound?.outbox.ready();
  }

  queuedCalls(): CallActor[] {
    return this.#outbound?.outbox.queuedCalls() ?? [];
  }

  /**
   * Places a call with headers, which an old peer would not see. So it must be known what the peer
   * reads before the request is sent.
   */
  protected putWithHeaders(call: CallActor, nowMs: number): void {
    const { outbox } = this.calls;
    if (this.knownNative === true) outbox.put(call, nowMs);
    else if (this.knownNative === false) refuseOld(call);
    else if (outbox.introduce(call, nowMs)) this.introduce(call, nowMs);
  }

  /** Asks whether the peer reads headers, for a call that waits for this, and asks again later. */
  introduce(call: CallActor, nowMs: number): void {
    // While the address is being looked up, only its deadline wakes the call.
    if (!this.introduces(call)) return;
    this.probe(call, nowMs);
    call.wakeAt(this.calls.nextProbeMs);
  }

  introduces(call: CallActor): boolean {
    return this.health !== 'resolving' && this.calls.outbox.introduces(call);
  }

  rtoMs(nowMs: number): number {
    return this.calls.path.rtoMs(nowMs);
  }

  estimatedRtoMs(nowMs: number): number {
    return this.calls.path.estimatedRtoMs(nowMs);
  }

  unanswered(waitedMs: number, sentAtMs: number): void {
    this.calls.path.unanswered(waitedMs, sentAtMs);
    this.changed();
  }

  atWork(call: CallActor, sentAtMs: number): void {
    this.calls.path.forgive(sentAtMs);
    this.release(call);
  }

  release(call: CallActor): void {
    this.calls.release(call);
    this.changed();
  }

  /** Cancels its calls, except those that are made for procedures that run. */
  cancelCalls(reason: unknown): void {
    for (const call of this.#outbound?.outbox.calls() ?? []) {
      if (!call.isForRunning) call.cancel(reason);
    }
  }

  /** Calls `changed` when what the peer shows may have changed. Meanwhile the peer is in use. */
  watch(changed: () => void): Subscription {
    // A function of its own for each watch, so that each ends alone.
    const told = (): void => {
      changed();
    };
    const watching = (this.#watching ??= new Set());
    watching.add(told);
    this.used();
    return {
      unsubscribe: () => {
        if (!watching.delete(told)) return;
        if (watching.size === 0) this.#watching = undefined;
        this.unused();
      },
    };
  }

  /** What the peer shows may have changed. */
  protected changed(): void {
    if (this.#watching === undefined) return;
    for (const told of this.#watching) told();
  }
}

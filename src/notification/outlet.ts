/**
 * Outlet: the notifications to one peer, from their making to their end. One without a key is sent
 * at once, or dropped if the flight has no room. One with a key waits for the end of the turn, and
 * then for room: there a newer one with the same key can take its place. Made for a peer's first
 * notification.
 */
import { LOOKUP_PATIENCE_MS } from '../address/lookup.js';
import type { Limits } from '../api/limits.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import { LinkedList } from '../call/linked-list.js';
import type { Alarm } from '../time/alarms.js';
import type { Turn, TurnTask } from '../time/turn.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { Flight } from './flight.js';
import type { FlightLimits, FlightOwner } from './flight.js';
import type { NotificationHome } from './home.js';
import type { NotificationActor } from './notification.js';
import type { NotifiedPeer } from './owner.js';
import { WaitingRoom } from './waiting-room.js';

export type OutletLimits = FlightLimits & Pick<Limits, 'notifyWaiting'>;

/** What the outlets of an endpoint are made with. */
export interface OutletKit {
  readonly home: NotificationHome;
  readonly turn: Turn;
  readonly limits: OutletLimits;
  readonly firstRoundTrips: FirstRoundTrips;
  /** Gives a new transaction id, for a probe. */
  nextId(): TransactionId;
}

/** A peer with its outlet. */
export interface NotifiablePeer extends NotifiedPeer {
  readonly outlet: Outlet;
}

export class Outlet implements FlightOwner, TurnTask, Alarm {
  /** The alarm is set while some wait for the address of a name. */
  heapIndex = -1;

  readonly #peer: NotifiedPeer;
  readonly #kit: OutletKit;
  readonly #flight: Flight;
  readonly #waiting: WaitingRoom;
  /** Those that the kernel has not confirmed. Bounded by twice `notifyFlight`; see `#send`. */
  readonly #departing = new LinkedList<NotificationActor>();
  /** Those who wait until a notification would be sent. Bounded by the user's calls. */
  #paced: (() => void)[] = [];
  #endAwaited = false;
  /** Whether a probe must follow what was sent. */
  #asks = false;
  #draining = false;
  #isUsed = false;
  #ended = false;

  constructor(peer: NotifiedPeer, kit: OutletKit) {
    this.#peer = peer;
    this.#kit = kit;
    this.#flight = new Flight(peer, this, kit.home, kit.limits, kit.firstRoundTrips);
    this.#waiting = new WaitingRoom(kit.limits);
  }

  /** Sends a notification now or at the end of this turn, lets it wait, or drops it. */
  put(notification: NotificationActor): void {
    const peer = this.#peer;
    if (this.#ended) {
      notification.drop('closed');
      return;
    }
    const waits = notification.context.latest !== undefined || !peer.located;
    if (!waits) {
      const cost = peer.costOf(notification.frame);
      if (this.#flight.admits(cost)) this.#send(notification, cost);
      else notification.drop('noRoom');
    } else if (this.#mayWait(notification) && this.#waiting.take(notification)) {
      if (peer.located) this.#awaitEnd();
      else this.#awaitAddress();
    } else notification.drop('noRoom');
    this.#noteUse();
  }

  #awaitAddress(): void {
    const { alarms, clock } = this.#kit.home;
    if (this.heapIndex === -1) alarms.set(this, clock.nowMs() + LOOKUP_PATIENCE_MS);
    this.#peer.lookUp();
  }

  /** The look-up takes too long. */
  ring(): void {
    const seconds = LOOKUP_PATIENCE_MS / 1_000;
    this.unresolved(new Error(`No address of ${this.#peer.address} was found in ${seconds} s`));
  }

  /** While a name is being looked up, no more wait without a key than can be sent then. */
  #mayWait({ context }: NotificationActor): boolean {
    return context.latest !== undefined || this.#waiting.size < this.#flight.limit;
  }

  #send(notification: NotificationActor, cost: number): void {
    const { frame, transactionId } = notification;
    const peer = this.#peer;
    if (!peer.takesBundles) {
      this.#kit.home.ledger.answerable.add(transactionId, peer.address);
    }
    notification.departs(this.#departing);
    if (this.#departing.size > 2 * this.#kit.limits.notifyFlight) {
      this.#departing.shift()?.handedOver();
    }
    peer.depart(frame, notification);
    // After it has departed, because a probe follows it.
    this.#flight.add(transactionId, cost);
  }

  /** Those that have not ended: they wait, or the kernel has not confirmed them. */
  open(): NotificationActor[] {
    return [...this.#waiting.all(), ...this.#departing.toArray()];
  }

  /** Resolves when a notification would be sent, or while a name is looked up, would wait. */
  async ready(): Promise<void> {
    if (this.isReady) return;
    await new Promise<void>((resolve) => this.#paced.push(resolve));
  }

  /** Whether a notification would be sent, or while a name is looked up, would wait. */
  get isReady(): boolean {
    if (this.#ended) return true;
    const { located } = this.#peer;
    return located ? this.#flight.admitsAny : this.#waiting.size < this.#flight.limit;
  }

  askNow(): void {
    this.#asks = false;
    if (!this.#ended) this.#flight.ask(this.#kit.nextId());
  }

  askSoon(): void {
    this.#asks = true;
    this.#awaitEnd();
  }

  #awaitEnd(): void {
    if (this.#endAwaited) return;
    this.#endAwaited = true;
    this.#kit.turn.atEnd(this);
  }

  turnEnded(): void {
    this.#endAwaited = false;
    if (this.#ended) return;
    this.#drain();
    if (this.#asks) this.askNow();
    this.#noteUse();
  }

  hasRoom(): void {
    // The kernel has taken what was acknowledged, or is given up. What it did not call back for never
    // comes.
    if (this.#flight.unacknowledged === 0) this.#settleDeparted();
    this.#drain();
    this.#noteUse();
    this.#tellPaced();
  }

  #tellPaced(): void {
    if (this.#paced.length === 0 || !this.isReady) return;
    for (const resolve of this.#paced.splice(0)) resolve();
  }

  #settleDeparted(): void {
    for (const notification of this.#departing.toArray()) {
      this.#departing.delete(notification);
      notification.handedOver();
    }
  }

  /** Sends those that wait, while the flight has room. */
  #drain(): void {
    // A send that fails at once tells listeners, which may notify again.
    if (this.#draining || this.#ended || !this.#peer.located) return;
    this.#draining = true;
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const cost = this.#peer.costOf(next.frame);
      if (!this.#flight.admits(cost)) break;
      this.#waiting.remove(next);
      this.#send(next, cost);
    }
    this.#draining = false;
    this.#dropWithoutKey();
  }

  /** Those that waited for the name alone do not wait for room. */
  #dropWithoutKey(): void {
    if (this.#waiting.size === 0) return;
    for (const notification of this.#waiting.all()) {
      if (notification.context.latest === undefined) this.#drop(notification, 'noRoom');
    }
  }

  #drop(notification: NotificationActor, ...why: Parameters<NotificationActor['drop']>): void {
    this.#waiting.remove(notification);
    notification.drop(...why);
  }

  /** The address of the name is known now. */
  located(): void {
    this.#kit.home.alarms.clear(this);
    this.hasRoom();
  }

  /** The name cannot be looked up. */
  unresolved(error: Error): void {
    this.#kit.home.alarms.clear(this);
    for (const notification of this.#waiting.all()) {
      this.#drop(notification, 'unresolved', error);
    }
    this.#noteUse();
    this.#tellPaced();
  }

  /** The name belongs to a known peer, which takes over those that wait. */
  handOver(address: string, heir: Outlet): void {
    for (const notification of this.#waiting.all()) {
      this.#waiting.remove(notification);
      notification.receive({ type: 'moved', peer: address });
      heir.put(notification);
    }
  }

  /** What an answer with this id to a probe is; undefined if this outlet sent no such probe. */
  whatAnswers(id: TransactionId): ReturnType<Flight['whatAnswers']> {
    return this.#flight.whatAnswers(id);
  }

  /** The awaited answer to its probe arrived. */
  answered(nowMs: number): void {
    this.#flight.answered(nowMs);
  }

  /** The smoothed round-trip time of its probes; undefined without a recent one. */
  get roundTripMs(): number | undefined {
    return this.#flight.roundTripMs;
  }

  /** Whether this is one that an old peer may still answer. */
  isAnswerable(id: TransactionId): boolean {
    return this.#flight.isAnswerable(id);
  }

  /** An old peer answered this notification. */
  answeredItself(id: TransactionId, nowMs: number): void {
    this.#flight.answeredItself(id, nowMs);
  }

  /** The endpoint closes. What has room is sent, unless it belongs to a procedure that runs. */
  close(): void {
    this.#drain();
    for (const notification of this.#waiting.all()) {
      if (notification.parent?.running !== true) this.#drop(notification, 'closed');
    }
    this.#noteUse();
  }

  /** The socket is about to close: nothing is asked any more. */
  halt(): void {
    this.#ended = true;
    this.#kit.home.alarms.clear(this);
    this.#flight.end();
    this.#tellPaced();
  }

  /** The peer is forgotten, or the endpoint has closed. */
  end(): void {
    this.halt();
    for (const notification of this.#waiting.all()) this.#drop(notification, 'closed');
    this.#settleDeparted();
    this.#noteUse();
  }

  /** The peer keeps its place while something is on its way or waits. */
  #noteUse(): void {
    const isUsed = this.#flight.active || this.#waiting.size > 0 || this.#departing.size > 0;
    if (isUsed === this.#isUsed) return;
    this.#isUsed = isUsed;
    if (isUsed) this.#peer.used();
    else this.#peer.unused();
  }
}

/**
 * Flight: the notifications to one peer that are on their way, as far as is known. It paces them:
 * nobody answers a notification, so something else must (RFC 8085, section 3.1).
 *
 * - At most `limit` notifications, and `notifyFlightBytes`, are unacknowledged at a time.
 * - A probe follows them. Its answer acknowledges all that was sent before it, and is a round trip
 *   sample. Any rpcudp endpoint answers probes, and runs nothing for them.
 * - A peer that is known not to be one answers the notifications themselves, as it does any
 *   request. Each answer acknowledges one.
 * - The limit begins with the window of calls. It grows by what arrived, so that it doubles with
 *   each flight that used it, up to `notifyFlight`; an old peer's grows up to `window`.
 * - It does not grow where the flight waited in a queue on its way, and halves where it waited long.
 * - Without an answer within the round-trip time-out, what is unacknowledged counts as lost: the
 *   limit halves, and the next wait is twice as long. So to a silent peer goes one notification in
 *   each wait, and the waits grow to 8 s.
 */
import type { Limits } from '../api/limits.js';
import { firstGapMs } from '../call/backoff.js';
import type { Engine } from '../engine/engine.js';
import type { Alarm } from '../time/alarms.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { NotifiedPeer } from './owner.js';
import { HIGH_QUEUEING_DELAY_MS, LOW_QUEUEING_DELAY_MS, QueueingDelay } from './queueing-delay.js';

export type FlightLimits = Pick<Limits, 'notifyFlight' | 'notifyFlightBytes' | 'window'>;

/** The members of the outlet that its flight uses. */
export interface FlightOwner {
  /** A probe must follow what was sent: now, or at the end of this turn. */
  askNow(): void;
  askSoon(): void;
  /** Something was acknowledged, or is given up: there is room. */
  hasRoom(): void;
}

/**
 * How long the probe waits for more notifications, as long as less than half of the limit is used.
 * It is the least round-trip time-out, so few notifications cost few probes.
 */
const ASK_AFTER_MS = 200;
/** More than the longest notification takes, with a datagram of its own. */
const MAX_COST_BYTES = 9_216;
/** How often a probe is sent in all, unless more is notified. */
const MAX_PROBES = 3;

interface Answerable {
  readonly cost: number;
  readonly sentAtMs: number;
}

export class Flight implements Alarm {
  heapIndex = -1;

  readonly #peer: NotifiedPeer;
  readonly #owner: FlightOwner;
  readonly #engine: Engine;
  readonly #limits: FlightLimits;
  #limit: number;
  readonly #queueingDelay = new QueueingDelay();
  /** How many of the unacknowledged were sent before the limit last halved. */
  #sentBeforeHalving = 0;
  /** What is unacknowledged, and how much of that the probe that is on its way covers. */
  #count = 0;
  #bytes = 0;
  #coveredCount = 0;
  #coveredBytes = 0;
  /** Whether there was no room for somebody, so that more may be tried. */
  #wasFull = false;
  /** Those that the peer may answer itself. Bounded by `window`. */
  #answerable: Map<TransactionId, Answerable> | undefined;
  /** The last probe; it stays known when it has been answered, or is given up. */
  #probe: TransactionId | undefined;
  #probes = 0;
  #askedAtMs = 0;
  /** Whether an answer is awaited, since when, and for how long. */
  #awaiting = false;
  #sentAtMs = 0;
  #gapMs = 0;
  /** When the last that was lost had been sent; undefined if the last was answered. */
  #lostAtMs: number | undefined;

  constructor(peer: NotifiedPeer, owner: FlightOwner, engine: Engine, limits: FlightLimits) {
    this.#peer = peer;
    this.#owner = owner;
    this.#engine = engine;
    this.#limits = limits;
    this.#limit = Math.min(peer.windowLimit, limits.notifyFlight);
  }

  /** How many may be unacknowledged at present. */
  get limit(): number {
    return this.#peer.takesBundles ? this.#limit : Math.min(this.#limit, this.#limits.window);
  }

  get unacknowledged(): number {
    return this.#count;
  }

  /** Whether something is on its way, so that the alarm is set. */
  get active(): boolean {
    return this.#count > 0 || this.#awaiting;
  }

  /** Whether a notification of this cost may be sent. One always has its bytes. */
  admits(cost: number): boolean {
    const hasBytes = this.#bytes === 0 || this.#bytes + cost <= this.#limits.notifyFlightBytes;
    const isAdmitted = hasBytes && this.#count < this.limit;
    if (!isAdmitted) this.#wasFull = true;
    return isAdmitted;
  }

  /** Whether any notification may be sent, however long it is. */
  get admitsAny(): boolean {
    return this.admits(MAX_COST_BYTES);
  }

  /** A notification is sent. */
  add(id: TransactionId, cost: number): void {
    const peer = this.#peer;
    this.#count += 1;
    this.#bytes += cost;
    if (peer.takesBundles) {
      if (!this.#awaiting) this.#askWhenDue();
      return;
    }
    const nowMs = this.#engine.clock.nowMs();
    (this.#answerable ??= new Map<TransactionId, Answerable>()).set(id, { cost, sentAtMs: nowMs });
    if (this.#awaiting) return;
    if (peer.knownNative === false) this.#await(nowMs);
    else this.#owner.askSoon();
  }

  #askWhenDue(): void {
    const { clock, alarms } = this.#engine;
    const isHalf =
      2 * (this.#count - this.#coveredCount) >= this.#limit ||
      2 * (this.#bytes - this.#coveredBytes) >= this.#limits.notifyFlightBytes;
    // At once, so that the answer to one half comes while the other half is made.
    if (isHalf || this.#wasFull) this.#owner.askNow();
    else if (this.heapIndex === -1) alarms.set(this, clock.nowMs() + ASK_AFTER_MS);
  }

  /** Sends the probe with this id. It covers all that was sent until now. */
  ask(id: TransactionId): void {
    if (this.#awaiting || this.#count === 0) return;
    const nowMs = this.#engine.clock.nowMs();
    this.#await(nowMs);
    // In the meantime it may have answered as one that does not know probes.
    if (this.#peer.knownNative === false) return;
    this.#probe = id;
    this.#probes = 0;
    this.#askedAtMs = nowMs;
    this.#coveredCount = this.#count;
    this.#coveredBytes = this.#bytes;
    this.#sendProbe(id);
  }

  #sendProbe(id: TransactionId): void {
    this.#probes += 1;
    this.#peer.ask(id);
  }

  #await(nowMs: number): void {
    const { alarms, random } = this.#engine;
    this.#awaiting = true;
    this.#sentAtMs = nowMs;
    this.#gapMs = firstGapMs(this.#peer.rtoMs(nowMs), random);
    alarms.set(this, nowMs + this.#gapMs);
  }

  ring(nowMs: number): void {
    if (this.#awaiting) this.#lose(nowMs);
    else this.#owner.askSoon();
  }

  #lose(nowMs: number): void {
    const peer = this.#peer;
    const sentAtMs = this.#sentAtMs;
    const probe = this.#probes > 0 && this.#probes < MAX_PROBES ? this.#probe : undefined;
    const lostBeforeMs = this.#lostAtMs;
    this.#lostAtMs = sentAtMs;
    this.#halve();
    this.#forget();
    peer.unanswered(this.#gapMs, sentAtMs);
    // One may be lost. Two in a row are evidence, if nothing was heard since the first of these two:
    // what was heard before them says nothing of the present.
    if (lostBeforeMs !== undefined) peer.silentSince(lostBeforeMs);
    if (probe !== undefined && peer.knownNative !== false) {
      this.#await(nowMs);
      this.#sendProbe(probe);
    } else this.#probes = 0;
    this.#owner.hasRoom();
  }

  #forget(): void {
    this.#count = 0;
    this.#bytes = 0;
    this.#coveredCount = 0;
    this.#coveredBytes = 0;
    this.#sentBeforeHalving = 0;
    this.#answerable = undefined;
    this.#awaiting = false;
    this.#wasFull = false;
  }

  /** What an answer with this id to a probe of this flight is; undefined if it is to none. */
  whatAnswers(id: TransactionId): 'awaited' | 'late' | undefined {
    if (id !== this.#probe) return undefined;
    return this.#awaiting && this.#probes > 0 ? 'awaited' : 'late';
  }

  /** The probe was answered: what it covers has arrived, or was lost on the way. */
  answered(nowMs: number): void {
    const wasUsed = this.#wasFull || 2 * this.#coveredCount >= this.#limit;
    const arrived = this.#coveredCount;
    const isRepeated = this.#probes > 1;
    const roundTripMs = nowMs - this.#askedAtMs;
    this.#peer.measured(roundTripMs, nowMs, isRepeated);
    this.#count -= this.#coveredCount;
    this.#bytes -= this.#coveredBytes;
    this.#coveredCount = 0;
    this.#coveredBytes = 0;
    this.#answerable = undefined;
    const sentBeforeHalving = this.#sentBeforeHalving;
    this.#sentBeforeHalving = Math.max(sentBeforeHalving - arrived, 0);
    if (!isRepeated) {
      const queueingMs = this.#queueingDelay.of(roundTripMs, nowMs);
      // What was sent before the limit halved says nothing of the present limit.
      if (queueingMs > HIGH_QUEUEING_DELAY_MS && sentBeforeHalving === 0) this.#halve();
      else if (wasUsed && queueingMs < LOW_QUEUEING_DELAY_MS) {
        this.#grow(arrived, this.#limits.notifyFlight);
      }
    }
    this.#acknowledged();
  }

  /** The peer answered a notification itself, because it is an old peer. */
  answeredItself(id: TransactionId, nowMs: number): void {
    const answerable = this.#answerable?.get(id);
    if (answerable === undefined) return;
    const { cost, sentAtMs } = answerable;
    this.#answerable?.delete(id);
    this.#peer.measured(nowMs - sentAtMs, nowMs, false);
    this.#count -= 1;
    this.#bytes -= cost;
    this.#coveredCount = Math.min(this.#coveredCount, this.#count);
    this.#coveredBytes = Math.min(this.#coveredBytes, this.#bytes);
    this.#grow(1, this.#limits.window);
    this.#acknowledged();
  }

  #halve(): void {
    this.#limit = Math.max(Math.floor(this.#limit / 2), 1);
    this.#sentBeforeHalving = this.#count;
  }

  #grow(by: number, most: number): void {
    this.#limit = Math.min(this.#limit + by, Math.max(most, this.#limit));
  }

  #acknowledged(): void {
    const { alarms, clock } = this.#engine;
    this.#lostAtMs = undefined;
    this.#probes = 0;
    this.#awaiting = false;
    alarms.clear(this);
    if (this.#count === 0) this.#wasFull = false;
    else {
      if (this.#peer.knownNative === false) this.#await(clock.nowMs());
      else this.#askWhenDue();
    }
    this.#owner.hasRoom();
  }

  /** Forgets what is on its way. */
  end(): void {
    this.#forget();
    this.#engine.alarms.clear(this);
  }
}

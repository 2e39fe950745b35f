/**
 * Flight: the notifications to one peer that are on their way, as far as is known. It paces them:
 * nobody answers a notification, so something else must (RFC 8085, section 3.1).
 *
 * - At most so many notifications as its limit says, and `notifyFlightBytes`, are unacknowledged at a
 *   time. The limit begins with the window of calls.
 * - A probe follows them. Its answer acknowledges all that was sent before it, and is a round trip
 *   sample. Any rpcudp endpoint answers probes, and runs nothing for them.
 * - A peer that is known not to be one answers the notifications themselves, as it does any
 *   request. Each answer acknowledges one.
 * - Without an answer within the round-trip time-out, what is unacknowledged counts as lost, and the
 *   next wait is twice as long. So to a silent peer goes one notification in each wait, and the waits
 *   grow to 8 s.
 */
import type { Limits } from '../api/limits.js';
import { firstGapMs } from '../call/backoff.js';
import type { FirstRoundTrips } from '../call/first-round-trips.js';
import { RoundTrip } from '../call/round-trip.js';
import type { Engine } from '../engine/engine.js';
import type { Alarm } from '../time/alarms.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { FlightLimit } from './flight-limit.js';
import type { NotifiedPeer } from './owner.js';

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
  readonly #limit: FlightLimit;
  /**
   * Of what is answered at once. The round trips of calls contain procedures, so neither says
   * anything of the other.
   */
  readonly #roundTrip: RoundTrip;
  /** What is unacknowledged, and how much of that the probe that is on its way covers. */
  #count = 0;
  #bytes = 0;
  #coveredCount = 0;
  #coveredBytes = 0;
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

  constructor(
    peer: NotifiedPeer,
    owner: FlightOwner,
    engine: Engine,
    limits: FlightLimits,
    firstRoundTrips: FirstRoundTrips,
  ) {
    this.#peer = peer;
    this.#owner = owner;
    this.#engine = engine;
    this.#limits = limits;
    this.#limit = new FlightLimit(peer.windowLimit, limits.notifyFlight);
    this.#roundTrip = new RoundTrip(firstRoundTrips);
  }

  /** How many may be unacknowledged at present. */
  get limit(): number {
    const { value } = this.#limit;
    return this.#peer.takesBundles ? value : Math.min(value, this.#limits.window);
  }

  get unacknowledged(): number {
    return this.#count;
  }

  /** The smoothed round-trip time of its probes; undefined without a recent one. */
  get roundTripMs(): number | undefined {
    return this.#roundTrip.smoothedMs(this.#engine.clock.nowMs());
  }

  /** Whether something is on its way, so that the alarm is set. */
  get active(): boolean {
    return this.#count > 0 || this.#awaiting;
  }

  /** Whether a notification of this cost may be sent. One always has its bytes. */
  admits(cost: number): boolean {
    const hasBytes = this.#bytes === 0 || this.#bytes + cost <= this.#limits.notifyFlightBytes;
    const isAdmitted = hasBytes && this.#count < this.limit;
    if (!isAdmitted) {
      this.#limit.full(this.#count);
      // The probe need not wait for more notifications: there is no room for any.
      if (!this.#awaiting && this.#count > 0) this.#owner.askSoon();
    }
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
      2 * (this.#count - this.#coveredCount) >= this.#limit.value ||
      2 * (this.#bytes - this.#coveredBytes) >= this.#limits.notifyFlightBytes;
    // At once, so that the answer to one half comes while the other half is made.
    if (isHalf || this.#limit.isWanted) this.#owner.askNow();
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
    this.#gapMs = firstGapMs(this.#roundTrip.rtoMs(nowMs), random);
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
    this.#limit.lost();
    this.#forget();
    this.#roundTrip.backOff(this.#gapMs);
    peer.unanswered(this.#gapMs, sentAtMs);
    // One may be lost. Two in a row are evidence, if nothing was heard since the first of these:
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
    this.#answerable = undefined;
    this.#awaiting = false;
  }

  /** What an answer with this id to a probe of this flight is; undefined if it is to none. */
  whatAnswers(id: TransactionId): 'awaited' | 'late' | undefined {
    if (id !== this.#probe) return undefined;
    return this.#awaiting && this.#probes > 0 ? 'awaited' : 'late';
  }

  /** The probe was answered: what it covers has arrived, or was lost on the way. */
  answered(nowMs: number): void {
    const roundTripMs = nowMs - this.#askedAtMs;
    const isRepeated = this.#probes > 1;
    if (isRepeated) this.#roundTrip.limitBackOff(roundTripMs);
    else this.#roundTrip.sample(roundTripMs, nowMs);
    const arrived = this.#coveredCount;
    this.#count -= arrived;
    this.#bytes -= this.#coveredBytes;
    this.#coveredCount = 0;
    this.#coveredBytes = 0;
    this.#answerable = undefined;
    this.#limit.answered(arrived, this.#count, isRepeated ? undefined : { roundTripMs, nowMs });
    this.#acknowledged();
  }

  /** Whether this is one that the peer may still answer itself. */
  isAnswerable(id: TransactionId): boolean {
    return this.#answerable?.has(id) === true;
  }

  /** The peer answered a notification itself, because it is an old peer. */
  answeredItself(id: TransactionId, nowMs: number): void {
    const answerable = this.#answerable?.get(id);
    if (answerable === undefined) return;
    const { cost, sentAtMs } = answerable;
    this.#answerable?.delete(id);
    this.#roundTrip.sample(nowMs - sentAtMs, nowMs);
    this.#peer.measured(nowMs - sentAtMs, nowMs);
    this.#count -= 1;
    this.#bytes -= cost;
    this.#coveredCount = Math.min(this.#coveredCount, this.#count);
    this.#coveredBytes = Math.min(this.#coveredBytes, this.#bytes);
    this.#limit.answeredOne(this.#limits.window);
    this.#acknowledged();
  }

  #acknowledged(): void {
    const { alarms, clock } = this.#engine;
    this.#lostAtMs = undefined;
    this.#probes = 0;
    this.#awaiting = false;
    alarms.clear(this);
    if (this.#count > 0) {
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

/**
 * Round-trip time: the estimate for one peer, and the retransmission time-out (RTO) that follows
 * from it. It follows RFC 6298, with Karn's rule and the bounds of RFC 8085 (section 3.1.1) for
 * protocols other than TCP.
 */

import { LIFETIME_MS } from './first-round-trips.js';
import type { FirstRoundTrips } from './first-round-trips.js';

/** RFC 6298, section 2: the weights of a new sample, α and β. */
const SRTT_WEIGHT = 1 / 8;
const RTTVAR_WEIGHT = 1 / 4;
/** RFC 6298, section 2: K. */
const VARIATIONS = 4;
/** The granularity of the clock: timers count whole milliseconds. */
const GRANULARITY_MS = 1;

/** The lower bound, once there are enough samples. With few, it is the RTO of an unknown path. */
const MIN_RTO_MS = 200;
const SAMPLES_TO_TRUST = 8;

/** The longest to wait between two transmissions of one call. */
export const MAX_RTO_MS = 8_000;

export class RoundTrip {
  readonly #firstRoundTrips: FirstRoundTrips;
  #smoothedMs = 0;
  #variationMs = 0;
  #samples = 0;
  #sampledAtMs = -Infinity;
  /** The RTO after the last expiry, until there is a new sample (RFC 6298, section 5). */
  #backedOffMs = 0;

  /** @param firstRoundTrips gives the RTO while little is known, and gets the first sample */
  constructor(firstRoundTrips: FirstRoundTrips) {
    this.#firstRoundTrips = firstRoundTrips;
  }

  /** The smoothed round-trip time; undefined without a recent sample. */
  smoothedMs(nowMs: number): number | undefined {
    return this.#isKnown(nowMs) ? this.#smoothedMs : undefined;
  }

  /** The RTO: that of the estimate, or longer after an expiry. */
  rtoMs(nowMs: number): number {
    return Math.max(this.estimatedRtoMs(nowMs), this.#backedOffMs);
  }

  /** The RTO that follows from the samples alone. */
  estimatedRtoMs(nowMs: number): number {
    if (!this.#isKnown(nowMs)) return this.#firstRoundTrips.rtoMs(nowMs);
    const estimateMs = this.#smoothedMs + Math.max(GRANULARITY_MS, VARIATIONS * this.#variationMs);
    const isTrusted = this.#samples >= SAMPLES_TO_TRUST;
    const floorMs = isTrusted ? MIN_RTO_MS : this.#firstRoundTrips.rtoMs(nowMs);
    return Math.min(Math.max(estimateMs, floorMs), MAX_RTO_MS);
  }

  /**
   * A call was answered `rttMs` after it was sent. This must not be used for a call that was sent
   * more than once, because it is unknown which transmission was answered (Karn's rule).
   */
  sample(rttMs: number, nowMs: number): void {
    if (this.#isKnown(nowMs)) {
      const deviationMs = Math.abs(this.#smoothedMs - rttMs);
      this.#variationMs += RTTVAR_WEIGHT * (deviationMs - this.#variationMs);
      this.#smoothedMs += SRTT_WEIGHT * (rttMs - this.#smoothedMs);
      this.#samples += 1;
    } else {
      this.#smoothedMs = rttMs;
      this.#variationMs = rttMs / 2;
      this.#samples = 1;
      this.#firstRoundTrips.add(rttMs, nowMs);
    }
    this.#sampledAtMs = nowMs;
    this.#backedOffMs = 0;
  }

  /** No answer came within `waitedMs`. The next calls wait twice as long, until a sample. */
  backOff(waitedMs: number): void {
    this.#backedOffMs = Math.min(Math.max(2 * waitedMs, this.#backedOffMs), MAX_RTO_MS);
  }

  /**
   * An answer came `rttMs` after the first transmission of its call, to whichever transmission. The
   * round trip takes no longer than that, so the next calls need not wait longer.
   */
  limitBackOff(rttMs: number): void {
    this.#backedOffMs = Math.min(this.#backedOffMs, rttMs);
  }

  /** The peer is still working on the call that expired, so the path has not changed. */
  forgiveBackOff(): void {
    this.#backedOffMs = 0;
  }

  #isKnown(nowMs: number): boolean {
    return nowMs - this.#sampledAtMs < LIFETIME_MS;
  }
}

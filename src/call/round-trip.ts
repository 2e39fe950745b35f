/**
 * A peer's round-trip time, and the retransmission time-out (RTO) that follows from it: RFC 6298, with Karn's
 * rule and the bounds that RFC 8085 (section 3.1.1) gives to those who are no TCP.
 */

/** RFC 6298, section 2: the weights of a new sample, α and β. */
const SRTT_WEIGHT = 1 / 8;
const RTTVAR_WEIGHT = 1 / 4;
/** RFC 6298, section 2: K. */
const VARIATIONS = 4;
/** The clock's granularity: timers count whole milliseconds. */
const GRANULARITY_MS = 1;

/** RFC 8085, section 3.1.1: without knowledge of the path, a second. */
const INITIAL_RTO_MS = 1_000;
/** The least, once enough is known; RFC 8085 calls less than 500 ms problematic where little is. */
const MIN_RTO_MS = 200;
const SAMPLES_TO_TRUST = 8;

/** The longest to wait between two transmissions of one call. */
export const MAX_RTO_MS = 8_000;

/** What is known of a path is forgotten when it was not used for so long (RFC 5389, section 7.2.1). */
const LIFETIME_MS = 600_000;

export class RoundTrip {
  #smoothedMs = 0;
  #variationMs = 0;
  #samples = 0;
  #sampledAtMs = -Infinity;
  /** What the last expiry makes of the RTO, until a sample says otherwise (RFC 6298, section 5). */
  #backedOffMs = 0;

  /** The smoothed round-trip time; undefined when nothing is known (any more). */
  smoothedMs(nowMs: number): number | undefined {
    return this.#isKnown(nowMs) ? this.#smoothedMs : undefined;
  }

  /** How long to wait for an answer before the request is sent again. */
  rtoMs(nowMs: number): number {
    if (!this.#isKnown(nowMs)) return Math.max(INITIAL_RTO_MS, this.#backedOffMs);
    const estimateMs = this.#smoothedMs + Math.max(GRANULARITY_MS, VARIATIONS * this.#variationMs);
    const floorMs = this.#samples < SAMPLES_TO_TRUST ? INITIAL_RTO_MS : MIN_RTO_MS;
    return Math.min(Math.max(estimateMs, floorMs, this.#backedOffMs), MAX_RTO_MS);
  }

  /**
   * A call was answered `rttMs` after it was sent. Karn's rule is the caller's to keep: of a call that was
   * sent twice nobody knows which of the two was answered.
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
    }
    this.#sampledAtMs = nowMs;
    this.#backedOffMs = 0;
  }

  /** No answer came within `waitedMs`: the next calls wait twice as long, until there is a sample. */
  backOff(waitedMs: number): void {
    this.#backedOffMs = Math.min(Math.max(2 * waitedMs, this.#backedOffMs), MAX_RTO_MS);
  }

  /**
   * An answer came `rttMs` after the call was first sent, whichever transmission it is to: the round trip
   * takes no longer than that, and neither need the next calls wait longer.
   */
  limitBackOff(rttMs: number): void {
    this.#backedOffMs = Math.min(this.#backedOffMs, rttMs);
  }

  /** The peer is still at work on what expired: the path is as it was. */
  forgiveBackOff(): void {
    this.#backedOffMs = 0;
  }

  #isKnown(nowMs: number): boolean {
    return nowMs - this.#sampledAtMs < LIFETIME_MS;
  }
}

/**
 * First round trips: how long the first answers of an endpoint's peers took. From them follows the
 * retransmission time-out (RTO) for peers of which little is known yet.
 */

/** How many of the latest are kept. */
const MOST = 64;
/** With fewer of them, nothing follows. */
const ENOUGH = 8;
/** Out of 100 new peers, 95 would have answered in time. */
const QUANTILE = 0.95;
/** The least RTO that they give: what is known of other paths may be wrong for this one. */
const LEAST_RTO_MS = 300;

/**
 * After so long without another one they are discarded, as is the estimate for a single peer after
 * so long without a sample (RFC 5389, section 7.2.1).
 */
export const LIFETIME_MS = 600_000;

export class FirstRoundTrips {
  readonly #initialRtoMs: number;
  /** One for each peer; a new one replaces the oldest. Bounded by `MOST`. */
  #timesMs: number[] = [];
  #oldest = 0;
  #addedAtMs = -Infinity;
  #quantileMs = Infinity;

  /** @param initialRtoMs the RTO as long as too little is known, and at most */
  constructor(initialRtoMs: number) {
    this.#initialRtoMs = initialRtoMs;
  }

  /** The RTO for a peer of which little is known. */
  rtoMs(nowMs: number): number {
    return this.#isRecent(nowMs)
      ? Math.min(Math.max(this.#quantileMs, LEAST_RTO_MS), this.#initialRtoMs)
      : this.#initialRtoMs;
  }

  /** A peer of which nothing was known answered a call after `rttMs`. */
  add(rttMs: number, nowMs: number): void {
    if (!this.#isRecent(nowMs)) {
      this.#timesMs = [];
      this.#oldest = 0;
    }
    this.#timesMs[this.#oldest] = rttMs;
    this.#oldest = (this.#oldest + 1) % MOST;
    this.#addedAtMs = nowMs;
    this.#quantileMs = this.#timesMs.length < ENOUGH ? Infinity : quantileOf(this.#timesMs);
  }

  #isRecent(nowMs: number): boolean {
    return nowMs - this.#addedAtMs < LIFETIME_MS;
  }
}

function quantileOf(times: readonly number[]): number {
  const inOrder = times.toSorted((a, b) => a - b);
  return inOrder[Math.ceil(inOrder.length * QUANTILE) - 1] ?? Infinity;
}

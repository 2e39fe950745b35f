/**
 * Sampling: chooses which healthy calls are shown when there are too many to look at.
 *
 * One in 2^n calls is shown, and the id of the call decides. So both ends choose in the same way:
 * the end that shows fewer calls shows a subset of what the other shows.
 */
import { valueOfDigit } from '../../wire/transaction-id.js';
import type { TransactionId } from '../../wire/transaction-id.js';

/** Shows at least one in 2^12 calls, because three digits of the id decide. */
const MAX_SHIFT = 12;

export class Sampling {
  readonly #limit: number;
  /** The limit in this period. */
  #maxPerPeriod: number;
  #shift = 0;
  #seen = 0;
  #shown = 0;

  /**
   * @param maxPerPeriod about how many to show between two calls of `nextPeriod`; may be below 1
   */
  constructor(maxPerPeriod: number) {
    this.#limit = maxPerPeriod;
    this.#maxPerPeriod = maxPerPeriod;
  }

  /** One in this many calls is shown at present. */
  get oneIn(): number {
    return 2 ** this.#shift;
  }

  /** Whether to show the call with this id. */
  choose(id: TransactionId): boolean {
    this.#seen += 1;
    if (this.#shift > 0 && (lastBits(id) & ((1 << this.#shift) - 1)) !== 0) return false;
    // Peers choose the ids of their requests, and could choose ids that are always shown.
    if (this.#shift === MAX_SHIFT && this.#shown > this.#maxPerPeriod) return false;
    this.#shown += 1;
    // The limit is reached before the period ends. From now on a quarter as many calls are shown,
    // and a quarter of the limit is free for them.
    if (this.#shown >= this.#maxPerPeriod && this.#shift < MAX_SHIFT) {
      this.#shift = Math.min(this.#shift + 2, MAX_SHIFT);
      this.#shown *= 0.75;
    }
    return true;
  }

  /**
   * Begins a new period, and adjusts the sampling to the calls of the last one.
   *
   * @param share how much of the limit may be shown in it
   */
  nextPeriod(share = 1): void {
    this.#maxPerPeriod = this.#limit * share;
    this.#shift = 0;
    while (this.#seen > this.#maxPerPeriod * this.oneIn && this.#shift < MAX_SHIFT) {
      this.#shift += 1;
    }
    this.#seen = 0;
    this.#shown = 0;
  }
}

function lastBits(id: TransactionId): number {
  const end = id.length;
  return (
    (valueOfDigit(id.charCodeAt(end - 3)) << 8) |
    (valueOfDigit(id.charCodeAt(end - 2)) << 4) |
    valueOfDigit(id.charCodeAt(end - 1))
  );
}

/**
 * Sampling: which healthy calls are shown, when there are more than somebody can look at.
 *
 * One in 2^n is, and its id decides: both ends of a call choose alike, and whoever shows fewer shows some of those that the
 * other shows.
 */
import { valueOfDigit } from '../../wire/transaction-id.js';
import type { TransactionId } from '../../wire/transaction-id.js';

/** At most one in 2^12: three digits of an id decide. */
const MAX_SHIFT = 12;

export class Sampling {
  readonly #maxPerPeriod: number;
  #shift = 0;
  #seen = 0;
  #shown = 0;

  /** @param maxPerPeriod how many are to be shown, about, between two calls of `nextPeriod`; may be below 1 */
  constructor(maxPerPeriod: number) {
    this.#maxPerPeriod = maxPerPeriod;
  }

  /** One in so many is shown at present. */
  get oneIn(): number {
    return 2 ** this.#shift;
  }

  /** Whether this one is to be shown. */
  choose(id: TransactionId): boolean {
    this.#seen += 1;
    if (this.#shift > 0 && (lastBits(id) & ((1 << this.#shift) - 1)) !== 0) return false;
    // Peers choose the ids of what they ask for, and could choose such as are always shown.
    if (this.#shift === MAX_SHIFT && this.#shown > this.#maxPerPeriod) return false;
    this.#shown += 1;
    // The period is not over: a quarter of what it was to show may come yet, of a quarter of the calls.
    if (this.#shown >= this.#maxPerPeriod && this.#shift < MAX_SHIFT) {
      this.#shift = Math.min(this.#shift + 2, MAX_SHIFT);
      this.#shown *= 0.75;
    }
    return true;
  }

  /** Chooses by what the period that ends has seen. */
  nextPeriod(): void {
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

/** Shown ids: the ids of the transactions that are shown. */
import type { Transaction } from '../../legible/transaction.js';
import { valueOfDigit } from '../../wire/transaction-id.js';
import type { TransactionId } from '../../wire/transaction-id.js';

/**
 * How many ids a generation holds. An answer may come long after its call has ended, so the latest
 * ids stay known: this many at least, twice as many at most.
 */
const GENERATION = 8_192;

/**
 * How many bits of an id are marked. Most ids that are not shown then share no mark with a shown
 * one.
 */
const MARK_BITS = 18;

/**
 * Two generations of ids; the older one is forgotten as a whole. Each generation also has a table
 * of marks, one bit for each possible beginning of an id. So for most frames a look at the table
 * shows that they are not shown, and they need not be read.
 */
export class ShownIds {
  /** Bounded by `GENERATION`. */
  #young = new Map<TransactionId, Transaction>();
  #old = new Map<TransactionId, Transaction>();
  #youngMarks = new Uint8Array(2 ** MARK_BITS / 8);
  #oldMarks = new Uint8Array(2 ** MARK_BITS / 8);

  add(id: TransactionId, transaction: Transaction): void {
    if (this.#young.size === GENERATION) this.#age();
    this.#young.set(id, transaction);
    const mark = markOf(id);
    this.#youngMarks[mark >>> 3] = (this.#youngMarks[mark >>> 3] as number) | (1 << (mark & 7));
  }

  get(id: TransactionId): Transaction | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }

  /**
   * Returns false if the id at `offset` is certainly not shown, and true if it must be looked up.
   */
  mayHave(datagram: Uint8Array, offset: number): boolean {
    const high = ((datagram[offset] as number) << 10) | ((datagram[offset + 1] as number) << 2);
    const mark = high | ((datagram[offset + 2] as number) >>> 6);
    const marks = (this.#youngMarks[mark >>> 3] as number) | (this.#oldMarks[mark >>> 3] as number);
    return (marks & (1 << (mark & 7))) !== 0;
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    [this.#youngMarks, this.#oldMarks] = [this.#oldMarks, this.#youngMarks];
    this.#youngMarks.fill(0);
  }
}

/** The first `MARK_BITS` bits of the id. */
function markOf(id: TransactionId): number {
  let bits = 0;
  for (let digit = 0; digit < 5; digit += 1) {
    bits = (bits << 4) | valueOfDigit(id.charCodeAt(digit));
  }
  return bits >>> 2;
}

/** Transactions by their ids. Bounded by the sides that the store keeps, and a number of those that have none. */
import { Fifo } from '../../fifo.js';
import type { Side, Transaction } from './transaction.js';

export class Transactions {
  readonly #maxLoose: number;
  readonly #byId = new Map<string, Transaction>();
  /** Those that had no sides when they came, the oldest first. */
  readonly #loose = new Fifo<Transaction>();

  /** @param maxLoose how many are kept of which only frames were seen */
  constructor(maxLoose: number) {
    this.#maxLoose = maxLoose;
  }

  get(id: string): Transaction | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Transaction> {
    return this.#byId.values();
  }

  /** The transaction with this id, made if it is not there. */
  of(id: string): Transaction {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const transaction: Transaction = { id, sides: [], frames: [] };
    this.#byId.set(id, transaction);
    this.#loose.push(transaction);
    if (this.#loose.size > this.#maxLoose) {
      const oldest = this.#loose.shift();
      // What has sides by now leaves with the last of them.
      if (oldest?.sides.length === 0) this.#byId.delete(oldest.id);
    }
    return transaction;
  }

  /** A side leaves; the last takes its transaction along. */
  leave(transaction: Transaction, side: Side): void {
    transaction.sides.splice(transaction.sides.indexOf(side), 1);
    if (transaction.sides.length === 0) this.#byId.delete(transaction.id);
  }
}

/**
 * Transactions by id. Bounded by the sides that the store keeps, plus a number of transactions
 * without sides.
 */
import { Fifo } from '../../fifo.js';
import type { Side, Transaction } from './transaction.js';

export class Transactions {
  readonly #maxLoose: number;
  readonly #byId = new Map<string, Transaction>();
  /** Transactions that had no sides when they were made, the oldest first. */
  readonly #loose = new Fifo<Transaction>();

  /** @param maxLoose how many transactions without sides are kept */
  constructor(maxLoose: number) {
    this.#maxLoose = maxLoose;
  }

  get(id: string): Transaction | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Transaction> {
    return this.#byId.values();
  }

  /** The transaction with this id, made now if it does not exist. */
  of(id: string): Transaction {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const transaction: Transaction = { id, sides: [], frames: [], gone: false };
    this.#byId.set(id, transaction);
    this.#loose.push(transaction);
    if (this.#loose.size > this.#maxLoose) {
      const oldest = this.#loose.shift();
      // A transaction with sides is removed together with its last side.
      if (oldest?.sides.length === 0) this.#remove(oldest);
    }
    return transaction;
  }

  /** Removes a side, and its transaction if that was the last side. */
  leave(transaction: Transaction, side: Side): void {
    transaction.sides.splice(transaction.sides.indexOf(side), 1);
    if (transaction.sides.length === 0) this.#remove(transaction);
  }

  #remove(transaction: Transaction): void {
    this.#byId.delete(transaction.id);
    transaction.gone = true;
  }
}

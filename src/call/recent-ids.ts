import type { TransactionId } from '../wire/transaction-id.js';
import { hashOfId } from '../wire/transaction-id.js';

/** A power of two. */
const SLOTS = 4_096;

/**
 * The ids of calls that have ended. With them a repeated answer can be told from an answer that
 * belongs to no call. They only affect counts, so this memory may forget: each id has one slot,
 * which a newer id may overwrite. Bounded by its 4,096 slots.
 */
export class RecentIds {
  readonly #ids = new Array<TransactionId>(SLOTS).fill('');
  /** The address that was called, in the same slot. */
  readonly #addresses = new Array<string>(SLOTS).fill('');

  add(id: TransactionId, address: string): void {
    const slot = slotOf(id);
    this.#ids[slot] = id;
    this.#addresses[slot] = address;
  }

  addressOf(id: TransactionId): string | undefined {
    const slot = slotOf(id);
    return this.#ids[slot] === id ? this.#addresses[slot] : undefined;
  }
}

function slotOf(id: TransactionId): number {
  return hashOfId(id) & (SLOTS - 1);
}

import type { TransactionId } from '../wire/transaction-id.js';
import { hashOfId } from '../wire/transaction-id.js';

/** A power of two. */
const SLOTS = 4_096;

/**
 * The ids of calls that are over, so that an answer that comes once more can be told from one that was
 * never asked for. It only sorts counts, so it may forget: each id has one slot, and a newer id takes it
 * over. Bounded by its 4,096 slots.
 */
export class RecentIds {
  readonly #ids = new Array<TransactionId>(SLOTS).fill('');
  /** The peer that was called, by the same slot. */
  readonly #addresses = new Array<string>(SLOTS).fill('');

  add(id: TransactionId, address: string): void {
    const slot = slotOf(id);
    this.#ids[slot] = id;
    this.#addresses[slot] = address;
  }

  /** The address that was called with this id, if it is remembered. */
  addressOf(id: TransactionId): string | undefined {
    const slot = slotOf(id);
    return this.#ids[slot] === id ? this.#addresses[slot] : undefined;
  }
}

function slotOf(id: TransactionId): number {
  return hashOfId(id) & (SLOTS - 1);
}

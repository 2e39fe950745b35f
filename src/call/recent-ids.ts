import type { TransactionId } from '../wire/transaction-id.js';
import { hashOfId } from '../wire/transaction-id.js';

/** How many ids are kept. Every capacity is a power of two. */
const MAX_IDS = 4_096;
const FIRST_CAPACITY = 16;
/** For all memories without an id. It is never written to. */
const NO_NUMBERS = new Uint32Array(1);

/**
 * The ids of the last 4,096 calls that have ended, with the addresses that were called. With them a
 * repeated answer can be told from an answer that belongs to no call. Bounded by their number. The
 * memory grows with the calls, because an endpoint may make few.
 *
 * A ring of ids, with a chain for each hash, the newest id first. Ids are overwritten in the ring
 * and never removed from their chains: a chain ends at the first id that is too old for the ring,
 * because all that follow are older.
 */
export class RecentIds {
  #capacity = 0;
  readonly #ids: TransactionId[] = [];
  readonly #addresses: string[] = [];
  /**
   * The number of the next id, modulo 2^32. An id's slot in the ring is its number modulo the
   * capacity. The first number is so high that 0, which stands in unused places, is always too old.
   */
  #next = MAX_IDS;
  /** The number of the newest id of each hash, and for each slot that of the next older one. */
  #newest = NO_NUMBERS;
  #older = NO_NUMBERS;

  add(id: TransactionId, address: string, hash = hashOfId(id)): void {
    if (this.#ids.length === this.#capacity && this.#capacity < MAX_IDS) this.#grow();
    const number = this.#next;
    const slot = number & (this.#capacity - 1);
    this.#ids[slot] = id;
    this.#addresses[slot] = address;
    this.#link(slot, number, hash);
    this.#next = (number + 1) >>> 0;
  }

  /** The address that was added last with this id, if it is remembered. */
  addressOf(id: TransactionId): string | undefined {
    let number = this.#newest[hashOfId(id) & (this.#newest.length - 1)] as number;
    while ((this.#next - number) >>> 0 <= this.#capacity) {
      const slot = number & (this.#capacity - 1);
      if (this.#ids[slot] === id) return this.#addresses[slot];
      number = this.#older[slot] as number;
    }
    return undefined;
  }

  #link(slot: number, number: number, hash: number): void {
    const bucket = hash & (this.#newest.length - 1);
    this.#older[slot] = this.#newest[bucket] as number;
    this.#newest[bucket] = number;
  }

  /** Doubles the capacity. No id was overwritten yet, so each keeps its slot. */
  #grow(): void {
    this.#capacity = Math.max(2 * this.#capacity, FIRST_CAPACITY);
    this.#newest = new Uint32Array(this.#capacity);
    this.#older = new Uint32Array(this.#capacity);
    for (const [slot, id] of this.#ids.entries()) this.#link(slot, MAX_IDS + slot, hashOfId(id));
  }
}

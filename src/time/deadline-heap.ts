/** What a `DeadlineHeap` holds. */
export interface HeapEntry {
  /** Its place in the heap, −1 when it is in none. Written by the heap alone; starts as −1. */
  heapIndex: number;
}

/**
 * Entries by deadline, the earliest first, and by the order they came in where that is equal. A
 * binary heap in which each entry knows its place: O(log n) to put one in and to take any one out.
 * An entry is in one heap at most. Bounded by those who use it.
 */
export class DeadlineHeap<Entry extends HeapEntry> {
  // One array for each column: no allocation per entry, and no key that others can change.
  readonly #entries: Entry[] = [];
  readonly #dueMs: number[] = [];
  readonly #order: number[] = [];
  #nextOrder = 0;

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that is due first. */
  get first(): Entry | undefined {
    return this.#entries[0];
  }

  /** When the first entry is due, Infinity when there is none. */
  get firstDueMs(): number {
    return this.#dueMs[0] ?? Infinity;
  }

  /** How many entries had come in before the first one did, Infinity when there is none. */
  get firstOrder(): number {
    return this.#order[0] ?? Infinity;
  }

  /** How many entries have come in so far. */
  get nextOrder(): number {
    return this.#nextOrder;
  }

  /** Puts the entry in, anew if it is in. `dueMs` must be a number, and not NaN. */
  set(entry: Entry, dueMs: number): void {
    this.delete(entry);
    this.#siftUp(this.#entries.length, entry, dueMs, this.#nextOrder++);
  }

  /** Takes the entry out; it is no error if it is not in. */
  delete(entry: Entry): void {
    const index = entry.heapIndex;
    if (index < 0) return;
    entry.heapIndex = -1;
    const last = this.#entries.length - 1;
    const moved = this.#entryAt(last);
    const dueMs = this.#dueAt(last);
    const order = this.#orderAt(last);
    this.#entries.pop();
    this.#dueMs.pop();
    this.#order.pop();
    if (index === last) return;
    // From another branch, the last entry may belong above the hole as well as below.
    this.#siftUp(this.#siftDown(index, dueMs, order), moved, dueMs, order);
  }

  /** Takes all entries out. */
  clear(): void {
    for (const entry of this.#entries) entry.heapIndex = -1;
    this.#entries.length = 0;
    this.#dueMs.length = 0;
    this.#order.length = 0;
  }

  /** Moves the hole at `index` up to where the entry belongs, and puts it there. */
  #siftUp(index: number, entry: Entry, dueMs: number, order: number): void {
    let hole = index;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#isAfter(parent, dueMs, order)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#put(hole, entry, dueMs, order);
  }

  /** Moves the hole at `index` down past all that come before such an entry; returns where it is. */
  #siftDown(index: number, dueMs: number, order: number): number {
    let hole = index;
    for (;;) {
      const child = this.#firstChild(hole);
      if (child >= this.#entries.length || this.#isAfter(child, dueMs, order)) return hole;
      this.#move(child, hole);
      hole = child;
    }
  }

  #firstChild(parent: number): number {
    const left = 2 * parent + 1;
    const right = left + 1;
    if (right >= this.#entries.length) return left;
    return this.#isAfter(left, this.#dueAt(right), this.#orderAt(right)) ? right : left;
  }

  #isAfter(index: number, dueMs: number, order: number): boolean {
    const thisDueMs = this.#dueAt(index);
    return thisDueMs > dueMs || (thisDueMs === dueMs && this.#orderAt(index) > order);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#entryAt(from), this.#dueAt(from), this.#orderAt(from));
  }

  #put(index: number, entry: Entry, dueMs: number, order: number): void {
    entry.heapIndex = index;
    this.#entries[index] = entry;
    this.#dueMs[index] = dueMs;
    this.#order[index] = order;
  }

  // Every index that comes here is within the heap.
  #entryAt(index: number): Entry {
    return this.#entries[index] as Entry;
  }

  #dueAt(index: number): number {
    return this.#dueMs[index] as number;
  }

  #orderAt(index: number): number {
    return this.#order[index] as number;
  }
}

/** Deadline heap: a priority queue of entries by their deadline. */

export interface HeapEntry {
  /** Its index in the heap; −1 if it is in no heap, as at first. Only the heap writes it. */
  heapIndex: number;
}

/**
 * Entries by deadline, the earliest first. Entries with the same deadline keep the order in which
 * they were set. It is a binary heap in which each entry knows its index, so that setting and
 * deleting any entry take O(log n). An entry is in one heap at most. Its users bound its size.
 */
export class DeadlineHeap<Entry extends HeapEntry> {
  // One array for each column, so that there is no allocation for each entry, and no key that
  // others can change.
  readonly #entries: Entry[] = [];
  readonly #dueMs: number[] = [];
  readonly #order: number[] = [];
  #nextOrder = 0;

  get size(): number {
    return this.#entries.length;
  }

  get first(): Entry | undefined {
    return this.#entries[0];
  }

  /** When the first entry is due; Infinity if there is none. */
  get firstDueMs(): number {
    return this.#dueMs[0] ?? Infinity;
  }

  /** How many entries had been set before the first one; Infinity if there is none. */
  get firstOrder(): number {
    return this.#order[0] ?? Infinity;
  }

  /** How many entries have been set so far. */
  get nextOrder(): number {
    return this.#nextOrder;
  }

  /** Adds the entry, or moves it to its new deadline. `dueMs` must not be NaN. */
  set(entry: Entry, dueMs: number): void {
    this.delete(entry);
    this.#siftUp(this.#entries.length, entry, dueMs, this.#nextOrder++);
  }

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
    // The last entry comes from another branch, so it may belong above or below the hole.
    this.#siftUp(this.#siftDown(index, dueMs, order), moved, dueMs, order);
  }

  clear(): void {
    for (const entry of this.#entries) entry.heapIndex = -1;
    this.#entries.length = 0;
    this.#dueMs.length = 0;
    this.#order.length = 0;
  }

  /** Moves the hole at `index` up to where the entry belongs, and puts the entry there. */
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

  /** Moves the hole at `index` down past all entries that are due before. Gives its new index. */
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

  // All indices that are passed here are within the heap.
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

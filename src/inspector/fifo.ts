/**
 * A queue, first in, first out, in amortised constant time, for items that never leave the middle; those
 * that do are kept in a `LinkedList`, which costs its items their links.
 */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The item that has waited longest, left in place. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Takes the item that has waited longest. */
  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.size === 0) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

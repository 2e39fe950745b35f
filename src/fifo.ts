/**
 * A queue, first in, first out, in amortised constant time. A `Set` will not do: taking its first
 * element again and again walks over all those deleted before it.
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

/** The latest items, up to a number, the oldest first. */
export class Recent<T> {
  readonly #capacity: number;
  #items: T[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(item: T): void {
    this.#items.push(item);
    // Old items are removed in large steps, so that the cost of adding an item does not grow with
    // the capacity.
    if (this.#items.length >= 2 * this.#capacity) this.#items = this.items();
  }

  items(count: number = this.#capacity): T[] {
    return this.#items.slice(-Math.min(count, this.#capacity));
  }

  last(): T | undefined {
    return this.#items.at(-1);
  }

  get size(): number {
    return Math.min(this.#items.length, this.#capacity);
  }
}

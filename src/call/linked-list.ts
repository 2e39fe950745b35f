/** What a list keeps in its items: they are the links. An item is in one list at most. */
export interface Linked<T> {
  /** The list it is in. */
  list: object | undefined;
  previous: T | undefined;
  next: T | undefined;
}

/**
 * A doubly linked list through its own items: first in, first out, and any item can leave the middle, all
 * in constant time and without allocating. A `Set` will not do: taking its first element again and
 * again walks over all those deleted before it. Bounded by those who use it.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;
  /** How many items are in it; only the list writes it. */
  size = 0;

  /** The item that has waited longest. */
  get first(): T | undefined {
    return this.#first;
  }

  push(item: T): void {
    item.list = this;
    item.previous = this.#last;
    item.next = undefined;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.size += 1;
  }

  /** Takes the item out; false if it is not in this list. */
  delete(item: T): boolean {
    if (item.list !== this) return false;
    const { previous, next } = item;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    item.list = undefined;
    item.previous = undefined;
    item.next = undefined;
    this.size -= 1;
    return true;
  }

  /** Takes the item that has waited longest. */
  shift(): T | undefined {
    const first = this.#first;
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** The items as they stand now, the longest-waiting first. */
  toArray(): T[] {
    const items: T[] = [];
    for (let item = this.#first; item !== undefined; item = item.next) items.push(item);
    return items;
  }
}

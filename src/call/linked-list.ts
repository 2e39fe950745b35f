/** Linked list: a list whose links are in its items. */

/** The links of a list, which are kept in its items. An item is in one list at most. */
export interface Linked<T> {
  list: object | undefined;
  previous: T | undefined;
  next: T | undefined;
}

/**
 * A doubly linked list whose links are in its items: first in, first out. Any item can be removed,
 * also from the middle. All this takes constant time and allocates nothing. A `Set` is not
 * suitable: to take its first element repeatedly walks over all elements that were deleted before
 * it. Its users bound its size.
 */
export class LinkedList<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;
  /** The number of items. Only the list writes it. */
  size = 0;

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

  /** Makes the item the last, whether it is in this list or in none. */
  putLast(item: T): void {
    if (item === this.#last) return;
    this.delete(item);
    this.push(item);
  }

  /** Removes the item. Gives false if it is not in this list. */
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

  shift(): T | undefined {
    const first = this.#first;
    if (first !== undefined) this.delete(first);
    return first;
  }

  /** The current items. The one that has waited longest comes first. */
  toArray(): T[] {
    const items: T[] = [];
    for (let item = this.#first; item !== undefined; item = item.next) items.push(item);
    return items;
  }
}

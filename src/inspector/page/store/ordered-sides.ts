/**
 * Ordered sides: sides in the order of their keys, those with equal keys the newest first. Keys and
 * numbers are also kept in arrays, because looking at a hundred thousand objects all over memory
 * would take longer than a frame.
 *
 * They are kept from the last to the first. Most additions are the newest and come first, so that no
 * other has to move.
 */
import type { OrderKey } from './arrangement.js';
import type { Side } from './transaction.js';

/** A side and its key in this order. */
export interface KeyedSide {
  readonly side: Side;
  readonly key: OrderKey;
}

export class OrderedSides {
  readonly #descending: boolean;
  readonly #sides: Side[] = [];
  readonly #keys: OrderKey[] = [];
  readonly #numbers: number[] = [];

  /** @param descending whether the greatest key comes first */
  constructor(descending: boolean) {
    this.#descending = descending;
  }

  get length(): number {
    return this.#sides.length;
  }

  /** The side at a place, counted from the first; undefined beyond the last. */
  at(place: number): Side | undefined {
    return this.#sides[this.#sides.length - 1 - place];
  }

  /** The place of a side under the key with which it was added; -1 if it is not here. */
  placeOf({ side, key }: KeyedSide): number {
    const index = this.#indexOf(key, side.number);
    return this.#sides[index] === side ? this.#sides.length - 1 - index : -1;
  }

  /** Removes and adds sides in one pass, however many there are. */
  change(removed: readonly KeyedSide[], added: readonly KeyedSide[]): void {
    if (removed.length > 0) {
      const indexes = removed.map(({ side, key }) => this.#indexOf(key, side.number));
      this.#remove(indexes.sort((a, b) => a - b));
    }
    if (added.length > 0) {
      this.#merge(
        [...added].sort((a, b) => this.#compare(a.key, a.side.number, b.key, b.side.number)),
      );
    }
  }

  /** @param indexes of sides that are here, in ascending order */
  #remove(indexes: readonly number[]): void {
    let next = 0;
    let to = indexes[0] ?? this.#sides.length;
    for (let from = to; from < this.#sides.length; from += 1) {
      if (from === indexes[next]) {
        next += 1;
        continue;
      }
      this.#move(from, to);
      to += 1;
    }
    this.#shorten(to);
  }

  /** @param added in the order in which they are kept */
  #merge(added: readonly KeyedSide[]): void {
    const [earliest] = added;
    if (earliest === undefined) return;
    const first = this.#indexOf(earliest.key, earliest.side.number);
    const sides = this.#sides.splice(first);
    const keys = this.#keys.splice(first);
    const numbers = this.#numbers.splice(first);
    let next = 0;
    const push = (side: Side, key: OrderKey) => {
      this.#sides.push(side);
      this.#keys.push(key);
      this.#numbers.push(side.number);
    };
    sides.forEach((side, index) => {
      const key = keys[index] as OrderKey;
      const number = numbers[index] as number;
      for (let one = added[next]; one !== undefined; one = added[next]) {
        if (this.#compare(one.key, one.side.number, key, number) > 0) break;
        push(one.side, one.key);
        next += 1;
      }
      push(side, key);
    });
    for (const one of added.slice(next)) push(one.side, one.key);
  }

  #move(from: number, to: number): void {
    this.#sides[to] = this.#sides[from] as Side;
    this.#keys[to] = this.#keys[from] as OrderKey;
    this.#numbers[to] = this.#numbers[from] as number;
  }

  #shorten(length: number): void {
    this.#sides.length = length;
    this.#keys.length = length;
    this.#numbers.length = length;
  }

  /** The index of a side, or where it would be. */
  #indexOf(key: OrderKey, number: number): number {
    let low = 0;
    let high = this.#sides.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isAfter(key, number, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether it is kept after the side at an index. */
  #isAfter(key: OrderKey, number: number, index: number): boolean {
    const other = this.#keys[index] as OrderKey;
    return this.#compare(key, number, other, this.#numbers[index] as number) > 0;
  }

  /** Negative if the first is kept before the other. */
  #compare(key: OrderKey, number: number, otherKey: OrderKey, otherNumber: number): number {
    if (key === otherKey) return number - otherNumber;
    return key < otherKey === this.#descending ? -1 : 1;
  }
}

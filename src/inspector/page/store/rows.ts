/**
 * Rows: the calls and handlers that pass a filter, oldest first, updated with each change. Their
 * numbers are also kept in an array, because looking at a hundred thousand objects all over memory
 * would take longer than a frame.
 */
import type { Filter } from './filter.js';
import { filterTest, NO_FILTER } from './filter.js';
import type { Side } from './transaction.js';

export class Rows {
  #filter: Filter = NO_FILTER;
  #test = filterTest(NO_FILTER);
  #rows: Side[] = [];
  /** The number of each row. */
  #numbers: number[] = [];

  get filter(): Filter {
    return this.#filter;
  }

  get length(): number {
    return this.#rows.length;
  }

  /** The call at an index, counted from the newest; undefined beyond the last. */
  fromNewest(index: number): Side | undefined {
    return this.#rows[this.#rows.length - 1 - index];
  }

  /** The index of a call, counted from the newest; -1 if it is not listed. */
  placeOf(side: Side): number {
    const index = this.#firstAtLeast(side.number);
    return this.#rows[index] === side ? this.#rows.length - 1 - index : -1;
  }

  /** How many listed calls came after this one. */
  newerThan(number: number): number {
    return this.#rows.length - this.#firstAtLeast(number + 1);
  }

  /** Builds the list again from everything there is. */
  select(filter: Filter, all: Iterable<Side>): void {
    this.#filter = filter;
    this.#test = filterTest(filter);
    this.#rows = [...all].filter((side) => !side.gone && this.#test(side)).sort(byNumber);
    this.#numbers = this.#rows.map(({ number }) => number);
  }

  /** Applies additions, changes and removals in one pass, however many there are. */
  update(changed: Iterable<Side>): void {
    const added: Side[] = [];
    const removed: number[] = [];
    for (const side of changed) {
      const index = this.#firstAtLeast(side.number);
      const isListed = this.#rows[index] === side;
      const belongs = !side.gone && this.#test(side);
      if (isListed && !belongs) removed.push(index);
      if (belongs && !isListed) added.push(side);
    }
    if (removed.length > 0) this.#remove(removed.sort((a, b) => a - b));
    if (added.length > 0) this.#merge(added.sort(byNumber));
  }

  /** @param indexes in ascending order */
  #remove(indexes: readonly number[]): void {
    const rows = this.#rows;
    const numbers = this.#numbers;
    let next = 0;
    let to = indexes[0] ?? rows.length;
    for (let from = to; from < rows.length; from += 1) {
      if (from === indexes[next]) {
        next += 1;
        continue;
      }
      rows[to] = rows[from] as Side;
      numbers[to] = numbers[from] as number;
      to += 1;
    }
    rows.length = to;
    numbers.length = to;
  }

  /** @param added in the order of their numbers */
  #merge(added: readonly Side[]): void {
    const first = this.#firstAtLeast(added[0]?.number ?? 0);
    // Most additions go to the end; then no other row has to move.
    const tail = this.#rows.splice(first);
    this.#numbers.length = first;
    const merged = tail.length === 0 ? added : [...tail, ...added].sort(byNumber);
    for (const side of merged) {
      this.#rows.push(side);
      this.#numbers.push(side.number);
    }
  }

  /** The first index whose number is at least this one. */
  #firstAtLeast(number: number): number {
    const numbers = this.#numbers;
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((numbers[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function byNumber(a: Side, b: Side): number {
  return a.number - b.number;
}

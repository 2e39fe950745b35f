/**
 * Row groups: the groups of a list and their lines. Without grouping there is one group, which has
 * no head and is always open.
 */
import type { Arrangement } from './arrangement.js';
import type { KeyedSide } from './ordered-sides.js';
import { OrderedSides } from './ordered-sides.js';
import type { Side } from './transaction.js';

/** A line of the list: the head of a group, or a side. */
export type Line =
  | { readonly group: RowGroup; readonly side?: never }
  | { readonly side: Side; readonly group?: never };

/** With more groups a list could not be drawn in time. What is beyond is in one more group. */
const MAX_GROUPS = 2_000;
const REST = '… others';

export class RowGroup {
  readonly name: string;
  readonly sides: OrderedSides;
  /** How many of its sides have failed. */
  failed = 0;
  #removed: KeyedSide[] = [];
  #added: KeyedSide[] = [];

  constructor(name: string, descending: boolean) {
    this.name = name;
    this.sides = new OrderedSides(descending);
  }

  /** Takes effect with `apply`. */
  add(side: KeyedSide, failed: boolean): void {
    this.#added.push(side);
    if (failed) this.failed += 1;
  }

  /** Takes effect with `apply`. Not for what was added since. */
  remove(side: KeyedSide, failed: boolean): void {
    this.#removed.push(side);
    if (failed) this.failed -= 1;
  }

  apply(): void {
    if (this.#removed.length === 0 && this.#added.length === 0) return;
    this.sides.change(this.#removed, this.#added);
    this.#removed = [];
    this.#added = [];
  }
}

export class RowGroups {
  readonly #arrangement: Arrangement;
  readonly #open: Set<string>;
  readonly #groups = new Map<string, RowGroup>();
  /** The groups in the order of the list, and the line on which each begins. */
  #inOrder: readonly RowGroup[] = [];
  #starts: number[] = [];
  #lines = 0;

  /** @param before a list of the same groups: those that were open there are open here */
  constructor(arrangement: Arrangement, before?: RowGroups) {
    this.#arrangement = arrangement;
    this.#open = new Set(before === undefined ? [] : before.#open);
  }

  get lines(): number {
    return this.#lines;
  }

  /** The group of this name, made now if there is none; or the one of all the others. */
  of(wanted: string): RowGroup {
    const known = this.#groups.get(wanted);
    if (known !== undefined) return known;
    if (this.#groups.size >= MAX_GROUPS && wanted !== REST) return this.of(REST);
    const group = new RowGroup(wanted, this.#arrangement.descending);
    this.#groups.set(wanted, group);
    return group;
  }

  isOpen({ name }: RowGroup): boolean {
    return this.#arrangement.grouping === undefined || this.#open.has(name);
  }

  toggle(group: RowGroup): void {
    if (!this.#open.delete(group.name)) this.#open.add(group.name);
    this.#layOut();
  }

  /** Lets additions and removals of all groups take effect. */
  apply(): void {
    for (const group of this.#groups.values()) {
      group.apply();
      if (group.sides.length === 0) this.#groups.delete(group.name);
    }
    this.#layOut();
  }

  lineAt(index: number): Line | undefined {
    if (index < 0 || index >= this.#lines) return undefined;
    const place = lastAtMost(this.#starts, index);
    const group = this.#inOrder[place];
    const within = index - (this.#starts[place] ?? 0) - this.#headLines;
    if (group === undefined) return undefined;
    if (within < 0) return { group };
    const side = group.sides.at(within);
    return side === undefined ? undefined : { side };
  }

  /** The line of a side of a group; -1 if it has none. */
  lineOf(group: RowGroup, side: KeyedSide): number {
    const place = this.#inOrder.indexOf(group);
    const within = this.isOpen(group) ? group.sides.placeOf(side) : -1;
    if (place === -1 || within === -1) return -1;
    return (this.#starts[place] ?? 0) + this.#headLines + within;
  }

  get #headLines(): number {
    return this.#arrangement.grouping === undefined ? 0 : 1;
  }

  /** Those with most failures come first, because they are looked for. */
  #layOut(): void {
    this.#inOrder = [...this.#groups.values()].sort(
      (a, b) => b.failed - a.failed || (a.name < b.name ? -1 : 1),
    );
    this.#starts = [];
    this.#lines = 0;
    for (const group of this.#inOrder) {
      this.#starts.push(this.#lines);
      this.#lines += this.#headLines + (this.isOpen(group) ? group.sides.length : 0);
    }
  }
}

/** The index of the last number that is at most this one, in an ascending list. */
function lastAtMost(numbers: readonly number[], wanted: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Rows: the calls, notifications and requests that pass a test, in order and in groups, updated
 * with each change. A request is no row of its own while its call is one: the two are one
 * transaction. While the list is held, nothing in it moves, because somebody reads it.
 */
import type { Arrangement } from './arrangement.js';
import { BY_AGE, groupNameOf, orderKeyOf } from './arrangement.js';
import type { KeyedSide } from './ordered-sides.js';
import type { Line, RowGroup } from './row-groups.js';
import { RowGroups } from './row-groups.js';
import type { SideTest } from './search.js';
import { hasFailed } from './side-outcome.js';
import type { Side } from './transaction.js';

/** Where a side is listed. */
interface Entry extends KeyedSide {
  readonly group: RowGroup;
  readonly failed: boolean;
}

export class Rows {
  #test: SideTest = () => true;
  #arrangement = BY_AGE;
  #groups = new RowGroups(BY_AGE);
  readonly #entries = new Map<Side, Entry>();
  #isHeld = false;
  /** While the list is held: what will be added to it. */
  readonly #newer = new Set<Side>();
  /** While the list is held: what has changed and is listed as it was. */
  readonly #stale = new Set<Side>();

  /** How many sides are listed, in closed groups too. */
  get length(): number {
    return this.#entries.size;
  }

  /** How many sides wait until the list is no longer held. */
  get newer(): number {
    return this.#newer.size;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** How many lines there are: listed sides, without those in closed groups, and heads. */
  get lines(): number {
    return this.#groups.lines;
  }

  lineAt(index: number): Line | undefined {
    return this.#groups.lineAt(index);
  }

  /** The line of a side; -1 if it has none. */
  lineOf(side: Side): number {
    const entry = this.#entries.get(side);
    return entry === undefined ? -1 : this.#groups.lineOf(entry.group, entry);
  }

  /** The side on the line that is `by` away; without a side, or where none is, the first. */
  near(side: Side | undefined, by: 1 | -1): Side | undefined {
    const line = side === undefined ? -1 : this.lineOf(side);
    const step = line === -1 ? 1 : by;
    for (let at = line + step; at >= 0 && at < this.lines; at += step) {
      const found = this.lineAt(at)?.side;
      if (found !== undefined) return found;
    }
    return side !== undefined && line !== -1 ? side : undefined;
  }

  isOpen(group: RowGroup): boolean {
    return this.#groups.isOpen(group);
  }

  /** Opens a closed group, and closes an open one. */
  toggle(group: RowGroup): void {
    this.#groups.toggle(group);
  }

  /** Builds the list again from everything there is. */
  select(test: SideTest, arrangement: Arrangement, all: Iterable<Side>): void {
    const isGroupedAlike = arrangement.grouping === this.#arrangement.grouping;
    this.#test = test;
    this.#arrangement = arrangement;
    this.#groups = new RowGroups(arrangement, isGroupedAlike ? this.#groups : undefined);
    this.#entries.clear();
    this.#newer.clear();
    this.#stale.clear();
    this.#isHeld = false;
    this.update(all);
  }

  /** Forgets all sides. Test, order and groups stay. */
  clear(): void {
    this.select(this.#test, this.#arrangement, []);
  }

  /** From now on only what no longer belongs to the list leaves it. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Adds and moves what has waited. */
  release(): void {
    this.#isHeld = false;
    const waited = [...this.#newer, ...this.#stale];
    this.#newer.clear();
    this.#stale.clear();
    this.update(waited);
  }

  /** Applies additions, changes and removals. */
  update(changed: Iterable<Side>): void {
    for (const side of withRequests(changed)) {
      const entry = this.#entries.get(side);
      if (!this.#belongs(side)) {
        this.#newer.delete(side);
        this.#stale.delete(side);
        if (entry !== undefined) this.#remove(entry);
      } else if (this.#isHeld) {
        if (entry === undefined) this.#newer.add(side);
        else this.#stale.add(side);
      } else this.#put(side, entry);
    }
    this.#groups.apply();
  }

  #put(side: Side, known: Entry | undefined): void {
    const key = orderKeyOf(side, this.#arrangement);
    const group = this.#groups.of(groupNameOf(side, this.#arrangement));
    const failed = hasFailed(side);
    if (known?.key === key && known.group === group && known.failed === failed) return;
    if (known !== undefined) this.#remove(known);
    const entry = { side, key, failed, group };
    this.#entries.set(side, entry);
    group.add(entry, failed);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.side);
    entry.group.remove(entry, entry.failed);
  }

  #belongs(side: Side): boolean {
    if (side.gone || !this.#test(side)) return false;
    if (side.kind !== 'handler') return true;
    return !side.transaction.sides.some((one) => one.kind !== 'handler' && this.#test(one));
  }
}

/** These sides, and the requests of calls among them: whether they are rows may have changed. */
function withRequests(sides: Iterable<Side>): ReadonlySet<Side> {
  const all = new Set(sides);
  for (const { kind, transaction } of all) {
    if (kind === 'handler') continue;
    for (const other of transaction.sides) if (other.kind === 'handler') all.add(other);
  }
  return all;
}

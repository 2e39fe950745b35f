/**
 * Lanes: what is kept, by kind. When there is too much, the kind that has most loses its oldest
 * item. So a storm of one kind evicts only itself, once it has as much as the others.
 */
import { Fifo } from './fifo.js';
import { WELL } from './kind.js';

/** Beyond this many kinds, the others share one lane. */
const MAX_KINDS = 64;
const OTHERS = 'others';
/** What went well is worth as much room as this many kinds of failures. */
const WELL_WEIGHT = 8;

interface Lane<Item> {
  readonly kind: string;
  readonly weight: number;
  readonly items: Fifo<Item>;
  cost: number;
}

/** Its owner bounds it, by `shift`. */
export class Lanes<Item> {
  readonly #costOf: (item: Item) => number;
  /** Bounded by `MAX_KINDS`, and the lane of the others. */
  readonly #lanes = new Map<string, Lane<Item>>();
  #size = 0;
  #cost = 0;

  /** @param costOf how much room an item takes; it must not change */
  constructor(costOf: (item: Item) => number) {
    this.#costOf = costOf;
  }

  get size(): number {
    return this.#size;
  }

  /** How much room all items take together. */
  get cost(): number {
    return this.#cost;
  }

  add(kind: string, item: Item): void {
    const cost = this.#costOf(item);
    const lane = this.#lane(kind);
    lane.items.push(item);
    lane.cost += cost;
    this.#cost += cost;
    this.#size += 1;
  }

  /** Removes and returns the oldest item of the kind that has most, for its weight. */
  shift(): Item | undefined {
    const lane = this.#fullest();
    const item = lane?.items.shift();
    if (lane === undefined || item === undefined) return undefined;
    const cost = this.#costOf(item);
    lane.cost -= cost;
    this.#cost -= cost;
    this.#size -= 1;
    if (lane.items.size === 0) this.#lanes.delete(lane.kind);
    return item;
  }

  #lane(wanted: string): Lane<Item> {
    const isNew = !this.#lanes.has(wanted);
    const kind = isNew && this.#lanes.size >= MAX_KINDS ? OTHERS : wanted;
    const known = this.#lanes.get(kind);
    if (known !== undefined) return known;
    const weight = kind === WELL ? WELL_WEIGHT : 1;
    const lane: Lane<Item> = { kind, weight, items: new Fifo(), cost: 0 };
    this.#lanes.set(kind, lane);
    return lane;
  }

  #fullest(): Lane<Item> | undefined {
    let fullest: Lane<Item> | undefined;
    for (const lane of this.#lanes.values()) {
      if (fullest === undefined || lane.cost * fullest.weight > fullest.cost * lane.weight) {
        fullest = lane;
      }
    }
    return fullest;
  }
}

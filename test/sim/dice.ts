/** Dice: draws from one stream of randomness. */
import type { SeededRandom } from '../../src/testing/random.js';

export class Dice {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** An independent stream, so that more draws there do not change the draws here. */
  fork(label: string): Dice {
    return new Dice(this.#random.fork(label));
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.#random.unit();
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** An integer from 0 to `limit` − 1. */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  /** An integer from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  between(least: number, most: number): number {
    return least + this.unit() * (most - least);
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.unit()) * mean;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('There is nothing to pick from');
    return items[this.below(items.length)] as Item;
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let index = shuffled.length - 1; index > 0; index--) {
      const other = this.below(index + 1);
      [shuffled[index], shuffled[other]] = [shuffled[other] as Item, shuffled[index] as Item];
    }
    return shuffled;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index++) bytes[index] = this.below(256);
    return bytes;
  }
}

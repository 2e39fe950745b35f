/**
 * Durations: a histogram of times. Its bins grow with the times, so that 10 µs and 15 min are told
 * within 3 %, and adding one costs no memory.
 */

const LEAST_MS = 0.01;
/** A bin is 5.9 % longer than the one before. */
const BINS_PER_DECADE = 40;
/** From 10 µs to 1,000,000 ms. What is outside counts in the first or the last bin. */
const DECADES = 8;
const BINS = BINS_PER_DECADE * DECADES;

/** The decades that a picture shows: from 0.1 ms to 100 s. */
const FIRST_SHOWN = 1;
const SHOWN_DECADES = 6;
const BARS_PER_DECADE = 5;

/** The times at which the decades of a picture begin, and the last one ends, in milliseconds. */
export const SHAPE_DECADES_MS: readonly number[] = Array.from(
  { length: SHOWN_DECADES + 1 },
  (_, decade) => LEAST_MS * 10 ** (FIRST_SHOWN + decade),
);

export class Durations {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bin = Math.floor(Math.log10(Math.max(ms, LEAST_MS) / LEAST_MS) * BINS_PER_DECADE);
    const index = bin >= 0 ? Math.min(BINS - 1, bin) : 0;
    this.#bins[index] = (this.#bins[index] as number) + 1;
    this.#count += 1;
  }

  /** The time that this share of the times does not exceed, within 3 %; of none, undefined. */
  quantile(share: number): number | undefined {
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let below = 0;
    for (const [index, count] of this.#bins.entries()) {
      below += count;
      if (below >= rank) return LEAST_MS * 10 ** ((index + 0.5) / BINS_PER_DECADE);
    }
    return undefined;
  }

  /** How many times fall into each bar of a picture. What is outside counts in the outer bars. */
  shape(): number[] {
    const bars = new Array<number>(SHOWN_DECADES * BARS_PER_DECADE).fill(0);
    for (const [index, count] of this.#bins.entries()) {
      const decade = index / BINS_PER_DECADE - FIRST_SHOWN;
      const bar = Math.floor(decade * BARS_PER_DECADE);
      const shown = Math.min(bars.length - 1, Math.max(0, bar));
      bars[shown] = (bars[shown] as number) + count;
    }
    return bars;
  }
}

/**
 * Histogram: counts durations by their length, with `createHistogram` of `node:perf_hooks` (an HDR
 * histogram). It is taken when this module is loaded, as the platform's clocks are, and a runtime
 * may lack it.
 */
import * as perfHooks from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';

/** What a runtime may lack. */
type Makers = Partial<Pick<typeof perfHooks, 'createHistogram'>>;

const { createHistogram } = perfHooks as Makers;

const MICROS_PER_MS = 1_000;
/** An hour. */
const MOST_MICROS = 3_600_000_000;
/** With two digits a histogram takes 27 KB. With three it would take 190 KB. */
const RANGE = { lowest: 1, highest: MOST_MICROS, figures: 2 };

export class DurationHistogram {
  readonly #native: RecordableHistogram;

  constructor(native: RecordableHistogram) {
    this.#native = native;
  }

  record(durationMs: number): void {
    const micros = Math.round(durationMs * MICROS_PER_MS);
    // The clock may have stood still.
    this.#native.record(Math.min(Math.max(micros, 1), MOST_MICROS));
  }

  get count(): number {
    return this.#native.count;
  }

  get minMs(): number {
    return this.#native.min / MICROS_PER_MS;
  }

  get meanMs(): number {
    return this.#native.mean / MICROS_PER_MS;
  }

  get maxMs(): number {
    return this.#native.max / MICROS_PER_MS;
  }

  /** The time that `percent` of 100 durations did not exceed. */
  percentileMs(percent: number): number {
    return this.#native.percentile(percent) / MICROS_PER_MS;
  }
}

/** What makes histograms; undefined where the runtime has none. */
export function histogramMaker(
  makers: Makers = { createHistogram } as Makers,
): (() => DurationHistogram) | undefined {
  const create = makers.createHistogram;
  if (create === undefined) return undefined;
  const make = (): DurationHistogram => new DurationHistogram(create(RANGE));
  try {
    make().record(1);
    return make;
  } catch {
    // Some runtimes have the function, and it only throws.
    return undefined;
  }
}

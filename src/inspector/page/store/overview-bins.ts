/**
 * Overview bins: the time of the plots, cut into parts of equal length, and what ended in each of
 * them.
 */
import type { OutcomeCounts } from '../../../api/call-state.js';
import { noOutcomes, OUTCOME_STATES } from '../../../api/call-state.js';
import type { CountPoint } from './count-history.js';
import { Durations } from './durations.js';
import type { TimeRange } from './time-range.js';

export interface Bin {
  readonly fromMs: number;
  /** How the calls that ended in it ended. */
  readonly outcomes: OutcomeCounts;
  /** How long the answers to them took. */
  readonly durations: Durations;
}

/** More would be narrower than a few pixels. */
const MAX_BINS = 150;

const WIDTHS_MS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400].map(
  (seconds) => seconds * 1_000,
);

export class Bins {
  readonly widthMs: number;
  readonly all: readonly Bin[];
  readonly #fromMs: number;

  /** @param goesOn whether more comes: then a bin that is not over would be too low, and is left out */
  constructor({ fromMs, toMs }: TimeRange, goesOn: boolean) {
    const spanMs = Math.max(1, toMs - fromMs);
    this.widthMs =
      WIDTHS_MS.find((widthMs) => spanMs / widthMs < MAX_BINS) ?? Math.ceil(spanMs / MAX_BINS);
    this.#fromMs = Math.floor(fromMs / this.widthMs) * this.widthMs;
    const length = (toMs - this.#fromMs) / this.widthMs;
    const whole = Math.max(1, goesOn ? Math.floor(length) : Math.ceil(length));
    this.all = Array.from({ length: whole }, (_, index) => ({
      fromMs: this.#fromMs + index * this.widthMs,
      outcomes: noOutcomes(),
      durations: new Durations(),
    }));
  }

  get span(): TimeRange {
    return { fromMs: this.#fromMs, toMs: this.#fromMs + this.all.length * this.widthMs };
  }

  at(atMs: number): Bin | undefined {
    return this.all[Math.floor((atMs - this.#fromMs) / this.widthMs)];
  }

  /** Adds what an endpoint counted, each difference where it was told. */
  addCounted(points: readonly CountPoint[]): void {
    let before: CountPoint | undefined;
    for (const point of points) {
      const outcomes = this.at(point.atMs)?.outcomes;
      if (before !== undefined && outcomes !== undefined) addGrowth(outcomes, before, point);
      before = point;
    }
  }
}

/** An endpoint that opened again under its old key counts from 0, so that a count may be lower. */
function addGrowth(sums: OutcomeCounts, before: CountPoint, after: CountPoint): void {
  for (const state of OUTCOME_STATES) {
    sums[state] += Math.max(0, after.outcomes[state] - before.outcomes[state]);
  }
}

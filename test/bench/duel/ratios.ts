/**
 * Ratios: how two builds compare. In each ratio, 1 means equal, and more means that the new build
 * is better.
 */
import { spreadOf } from '../comparison/statistics.js';
import type { Sample } from '../comparison/tally.js';
import type { Sides } from './sides.js';

/** What is compared, in the order of the table. */
export interface Measure {
  readonly heading: string;
  /** NaN if it was not measured. */
  readonly ratio: (samples: Sides<Sample>) => number;
}

export const MEASURES: readonly Measure[] = [
  {
    heading: 'calls/s, new ÷ old',
    ratio: (samples) => samples.new.callsPerSecond / samples.old.callsPerSecond,
  },
  {
    heading: 'client CPU, old ÷ new',
    ratio: (samples) => samples.old.clientMicrosPerCall / samples.new.clientMicrosPerCall,
  },
  {
    heading: 'server CPU, old ÷ new',
    ratio: (samples) => samples.old.serverMicrosPerCall / samples.new.serverMicrosPerCall,
  },
  { heading: 'p50, old ÷ new', ratio: (samples) => samples.old.p50Micros / samples.new.p50Micros },
];

/** One row of the table: the results of one client with one number of calls in flight. */
export interface Row {
  readonly name: string;
  readonly inFlight: number;
  /** In each comparison, both sides were measured at the same time. */
  readonly comparisons: readonly Sides<Sample>[];
}

/** One number of the table. */
export interface Cell {
  readonly row: Row;
  readonly measure: Measure;
  /** One ratio for each comparison. */
  readonly ratios: readonly number[];
}

/** The cells of a row. What was not measured has no cell. */
export function cellsOf(row: Row): Cell[] {
  return MEASURES.map((measure) => ({
    row,
    measure,
    ratios: row.comparisons.map(measure.ratio),
  })).filter(({ ratios }) => !ratios.some(Number.isNaN));
}

/** The cell with the lowest median. */
export function lowestOf(rows: readonly Row[]): Cell | undefined {
  const median = ({ ratios }: Cell): number => spreadOf(ratios).median;
  return rows.flatMap(cellsOf).toSorted((a, b) => median(a) - median(b))[0];
}

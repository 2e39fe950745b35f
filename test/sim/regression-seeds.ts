/**
 * Regression seeds: seeds that once broke a promise. `npm test` runs them, besides the first ones.
 * A seed leads to the same world only until something draws one number more. So what it found also
 * needs a test of its own.
 */
import type { Scale } from './plan.js';

interface RegressionSeed {
  readonly seed: number;
  readonly scale: Scale;
  /** The promise that it broke, and why. */
  readonly found: string;
}

export const REGRESSION_SEEDS: readonly RegressionSeed[] = [
  {
    seed: 24_018,
    scale: 'long',
    found: 'a request that was refused in a bundle was repeated at the next address of its name',
  },
  {
    seed: 6_365,
    scale: 'long',
    found: 'a call that followed its name before the kernel had taken its request was sent twice',
  },
  {
    seed: 25_818,
    scale: 'long',
    found: 'a request that left late, after a stall, counted as overdue at once',
  },
  {
    seed: 2156,
    scale: 'long',
    found: 'waiting calls by a name went back, without end, to an address that had refused them',
  },
];

/** The gate runs the seeds from 1 to this one, in large worlds. */
export const FIXED_SEEDS = 1_000;

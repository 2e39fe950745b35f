/** Rates, computed from counts that are taken about once a second. */
import type { RecordOf } from '../../record.js';

/** The length of time that a rate covers. */
const PERIOD_MS = 2_000;
const MIN_PERIOD_MS = 200;

/**
 * How much a count grew in a second, recently; 0 if there is nothing to compare with. Counts that
 * have not changed are not sent again: the last ones are still valid.
 */
export function rateOf(
  counts: readonly RecordOf<'counts'>[],
  numberOf: (record: RecordOf<'counts'>) => number,
  nowMs: number,
): number {
  const latest = counts.at(-1);
  if (latest === undefined) return 0;
  const endMs = Math.max(nowMs, latest.atMs);
  const earlier = counts.findLast(({ atMs }) => endMs - atMs >= PERIOD_MS) ?? counts[0] ?? latest;
  const elapsedMs = Math.max(MIN_PERIOD_MS, Math.min(PERIOD_MS, endMs - earlier.atMs));
  // A count can be lower than before if an endpoint opened again under its old name.
  return Math.max(0, ((numberOf(latest) - numberOf(earlier)) * 1_000) / elapsedMs);
}

/** How many calls an endpoint made: each has an outcome, or waits for one. */
export function callsMade({ stats }: RecordOf<'counts'>): number {
  const { resolved, rejected, timedOut, cancelled, unsent } = stats.outcomes;
  return resolved + rejected + timedOut + cancelled + unsent + stats.queuedNow + stats.inFlightNow;
}

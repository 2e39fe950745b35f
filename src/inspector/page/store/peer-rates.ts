/** Peer rates: how many calls a second an endpoint made to each peer, from what it counted. */
import type { RecordOf } from '../../record.js';
import type { TimeRange } from './time-range.js';

/**
 * How many calls a second had an outcome in this range, by peer. An endpoint tells only of its
 * busiest pairs of peer and procedure.
 */
export function callsByPeer(
  counts: readonly RecordOf<'counts'>[],
  { fromMs, toMs }: TimeRange,
): ReadonlyMap<string, number> {
  const rates = new Map<string, number>();
  const latest = counts.findLast(({ atMs }) => atMs <= toMs);
  const earlier = counts.findLast(({ atMs }) => atMs <= fromMs) ?? counts[0];
  if (latest === undefined || earlier === undefined) return rates;
  // Counts that have not changed are not sent again: those before the range hold at its beginning.
  const seconds = Math.max(1, (toMs - Math.max(fromMs, earlier.atMs)) / 1_000);
  const before = outcomesByPeer(earlier);
  for (const [peer, sum] of outcomesByPeer(latest)) {
    rates.set(peer, Math.max(0, sum - (before.get(peer) ?? 0)) / seconds);
  }
  return rates;
}

function outcomesByPeer({ procedures }: RecordOf<'counts'>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { peer, outcomes } of procedures) {
    let sum = sums.get(peer) ?? 0;
    for (const count of Object.values(outcomes)) sum += count;
    sums.set(peer, sum);
  }
  return sums;
}

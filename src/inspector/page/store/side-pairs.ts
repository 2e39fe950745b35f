/** Side pairs: which pairs of an endpoint and a peer calls belong to. */
import type { Side } from './transaction.js';

/** A key for a peer of an endpoint. */
export function pairKey({ endpoint, address }: { endpoint: string; address: string }): string {
  return `${endpoint} ${address}`;
}

/** The keys of the peers of those calls, notifications and requests that pass the test. */
export function pairsOf(
  sides: readonly Side[],
  passes: (side: Side) => boolean,
): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (const side of sides) {
    const { endpoint, peer } = side.record;
    if (!side.gone && passes(side)) pairs.add(pairKey({ endpoint, address: peer }));
  }
  return pairs;
}

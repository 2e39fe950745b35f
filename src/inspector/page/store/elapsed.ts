import { isRoundTrip } from './side-reducer.js';
import type { Side } from './transaction.js';

/** A measured time, and what it is. */
export interface Elapsed {
  readonly ms: number;
  readonly what: string;
}

/** The time of a side; undefined if it has none yet. */
export function elapsedOf(side: Side): Elapsed | undefined {
  const { kind, elapsedMs: ms } = side;
  if (ms === undefined) return undefined;
  if (kind === 'handler') return { ms, what: 'running' };
  return { ms, what: isRoundTrip(side) ? 'round trip' : 'from its first sending to the answer' };
}

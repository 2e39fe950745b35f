/** Selection: what of everything the views show. */
import type { SideTest } from './search.js';
import { searchTest } from './search.js';
import type { TimeRange } from './time-range.js';
import { reachesInto } from './time-range.js';
import { settledAtMs } from './settled.js';

export interface Selection {
  /** The text of the search. */
  readonly search: string;
  /** What was there in it; undefined: at any time. */
  readonly timeRange: TimeRange | undefined;
  /** The keys of endpoints; empty: all. */
  readonly endpoints: ReadonlySet<string>;
}

/** The selection as a function that tests one call, notification or request. */
export function selectionTest({ search, timeRange, endpoints }: Selection): SideTest {
  const isFound = searchTest(search);
  return (side) => {
    const { endpoint, atMs } = side.record;
    if (endpoints.size > 0 && !endpoints.has(endpoint)) return false;
    return reachesInto(timeRange, atMs, settledAtMs(side)) && isFound(side);
  };
}

/** Whether it leaves anything out. */
export function isNarrowed({ search, timeRange, endpoints }: Selection): boolean {
  return search.trim() !== '' || timeRange !== undefined || endpoints.size > 0;
}

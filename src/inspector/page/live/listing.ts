/** Listing: keeps the list of calls as search, range of time, endpoints and arrangement ask. */
import { computed, effect, untracked } from '@preact/signals';
import { isNarrowed, selectionTest } from '../store/selection.js';
import type { Session } from './session.js';
import { arrangement, cursor, pickedEndpoints, search, timeRange } from './view-state.js';

/** What of everything the views show. */
const selection = computed(() => ({
  search: search.value,
  timeRange: timeRange.value,
  endpoints: pickedEndpoints.value,
}));

/** Whether the views leave anything out. */
export const narrowed = computed(() => isNarrowed(selection.value));

export function startListing(session: Session): void {
  effect(() => {
    const test = selectionTest(selection.value);
    const arranged = arrangement.value;
    untracked(() => {
      // It is another list, which begins at its top.
      cursor.value = undefined;
      session.list(test, arranged);
    });
  });
}

/** Shows everything again. */
export function showAll(): void {
  search.value = '';
  timeRange.value = undefined;
  pickedEndpoints.value = new Set();
}

/** While the user reads further down or is on a row, the list does not move. */
export function hold(session: Session): void {
  session.rows.hold();
}

/** The list follows what comes again. */
export function release(session: Session): void {
  session.rows.release();
  session.tick.value += 1;
}

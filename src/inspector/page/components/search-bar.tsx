/** Search bar: what all views leave out, and how to have it back. */
import type { VNode } from 'preact';
import { narrowed, showAll } from '../live/listing.js';
import { timeText } from '../live/time-style.js';
import { timeRange } from '../live/view-state.js';
import { durationText } from '../store/format.js';
import { SearchBox } from './search-box.js';

export function SearchBar(): VNode {
  const { value: range } = timeRange;
  return (
    <div class="search-bar" role="search">
      <SearchBox />
      {range !== undefined && (
        <button
          type="button"
          class="chip chip-on"
          data-testid="time-range"
          title="Show all times again"
          onClick={() => (timeRange.value = undefined)}
        >
          {timeText(range.fromMs)}, {durationText(range.toMs - range.fromMs)}
          <span aria-hidden="true">✕</span>
        </button>
      )}
      {narrowed.value && (
        <button type="button" class="chip chip-clear" data-testid="filter-clear" onClick={showAll}>
          show all
        </button>
      )}
    </div>
  );
}

/** Call table head: the columns of the list of calls. A click sorts by one, another turns it round. */
import type { VNode } from 'preact';
import { arrangement } from '../live/view-state.js';
import type { Column } from '../store/arrangement.js';
import { sortedBy } from '../store/arrangement.js';

interface Head {
  readonly column: Column;
  readonly label: string;
  readonly class?: string;
  readonly title?: string;
}

const HEADS: readonly Head[] = [
  { column: 'id', label: 'id', class: 'id' },
  { column: 'endpoint', label: 'endpoint', class: 'endpoint-cell' },
  { column: 'kind', label: '⇄', class: 'direction', title: 'call, notification or request' },
  { column: 'peer', label: 'peer', class: 'peer-cell' },
  { column: 'procedure', label: 'procedure' },
  { column: 'state', label: 'state' },
  {
    column: 'attempts',
    label: 'sent',
    class: 'right sent',
    title: 'How many times the request was sent',
  },
  {
    column: 'time',
    label: 'time',
    class: 'right',
    title: 'Call: its round-trip time. Request: how long its procedure ran.',
  },
  { column: 'age', label: 'age', class: 'right age' },
  { column: 'outcome', label: 'outcome', class: 'note' },
];

export function CallTableHead(): VNode {
  const { column: sorted, descending } = arrangement.value;
  return (
    <div class="row row-head" role="row" aria-rowindex={1}>
      {HEADS.map(({ column, label, title, class: name }) => {
        const isSorted = column === sorted;
        return (
          <span
            key={column}
            role="columnheader"
            class={name}
            aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : undefined}
          >
            <button
              type="button"
              class="sort"
              title={title}
              aria-label={column === 'kind' ? title : undefined}
              data-testid={`sort-${column}`}
              onClick={() => (arrangement.value = sortedBy(arrangement.value, column))}
            >
              {label}
              {isSorted && <span aria-hidden="true"> {descending ? '↓' : '↑'}</span>}
            </button>
          </span>
        );
      })}
    </div>
  );
}

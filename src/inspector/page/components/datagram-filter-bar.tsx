/** Datagram filter bar: chooses the listed frames by direction, type and fate. */
import type { VNode } from 'preact';
import { FATES } from '../../../api/fate.js';
import { FRAME_TYPES } from '../../../wire/frame-type.js';
import { namesOf } from '../../../vocabulary.js';
import { datagramFilter, heldFrame, openFrame } from '../live/datagram-state.js';
import type { DatagramFilter } from '../store/datagram-filter.js';
import { EVERY_DATAGRAM } from '../store/datagram-filter.js';
import { Choice } from './choice.js';

const DIRECTIONS = [
  { direction: 'both', label: 'All' },
  { direction: 'in', label: 'Received' },
  { direction: 'out', label: 'Sent' },
] as const;

/** A datagram with bytes that are no frame has no type; bundles are listed frame by frame. */
const TYPES = [...namesOf(FRAME_TYPES).filter((type) => type !== 'bundle'), 'unreadable'];

/** Each fate, the groups of fates that have several, and what is no fate. */
const ENDINGS = ['malformed', 'request.refused', ...namesOf(FATES)].sort();

export function DatagramFilterBar(): VNode {
  const filter = datagramFilter.value;
  const change = (part: Partial<DatagramFilter>) => {
    heldFrame.value = undefined;
    openFrame.value = undefined;
    datagramFilter.value = { ...filter, ...part };
  };
  const isEvery = filter.direction === 'both' && filter.type === '' && filter.fate === '';
  return (
    <div class="filter-line">
      <div class="segments" role="group" aria-label="Direction">
        {DIRECTIONS.map(({ direction, label }) => (
          <button
            type="button"
            key={direction}
            class="segment"
            aria-pressed={filter.direction === direction}
            data-testid={`direction-${direction}`}
            onClick={() => change({ direction })}
          >
            {label}
          </button>
        ))}
      </div>
      <Choice
        label="All types"
        testId="filter-type"
        value={filter.type}
        names={TYPES}
        onChange={(type) => change({ type })}
      />
      <Choice
        label="All fates"
        testId="filter-fate"
        value={filter.fate}
        names={['refused', ...ENDINGS]}
        onChange={(fate) => change({ fate })}
      />
      <button
        type="button"
        class="chip"
        aria-pressed={filter.fate === 'malformed'}
        data-testid="filter-malformed"
        onClick={() => change({ fate: filter.fate === 'malformed' ? '' : 'malformed' })}
      >
        malformed
      </button>
      <button
        type="button"
        class="chip"
        aria-pressed={filter.fate === 'refused'}
        data-testid="filter-refused"
        title="Those that the system did not take"
        onClick={() => change({ fate: filter.fate === 'refused' ? '' : 'refused' })}
      >
        refused by the system
      </button>
      {!isEvery && (
        <button
          type="button"
          class="chip chip-clear"
          data-testid="datagrams-clear"
          onClick={() => change(EVERY_DATAGRAM)}
        >
          clear filter
        </button>
      )}
    </div>
  );
}

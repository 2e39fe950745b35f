/** Call filter: chooses the listed calls by direction, text, peer, procedure and state. */
import type { VNode } from 'preact';
import { CALL_STATE_NAMES } from '../../../api/call-state.js';
import { NOTIFICATION_STATE_NAMES } from '../../../api/notification-state.js';
import { HANDLER_STATE_NAMES } from '../../../handler/state.js';
import { SEARCH_ID } from '../live/keyboard.js';
import { cursor, heldAt } from '../live/view-state.js';
import type { Filter } from '../store/filter.js';
import { isUnfiltered, NO_FILTER } from '../store/filter.js';
import { countText } from '../store/format.js';
import { Icon } from './icon.js';
import { useSession } from './page-context.js';
import { StateMark } from './state-mark.js';

const KINDS = [
  { kind: 'call', label: 'Calls out' },
  { kind: 'notification', label: 'Notifications' },
  { kind: 'handler', label: 'Requests in' },
  { kind: 'both', label: 'All' },
] as const;

const KINDS_OF_SIDES = ['call', 'notification', 'handler'] as const;

const STATE_NAMES = {
  call: CALL_STATE_NAMES,
  notification: NOTIFICATION_STATE_NAMES,
  handler: HANDLER_STATE_NAMES,
} as const;

export function CallFilter(): VNode {
  const session = useSession();
  const { filter } = session.rows;
  const change = (part: Partial<Filter>) => {
    // The filter gives another list, which begins at its top.
    cursor.value = undefined;
    heldAt.value = undefined;
    session.select({ ...filter, ...part });
  };
  return (
    <div class="filter">
      <div class="filter-line">
        <div class="segments" role="group" aria-label="Direction">
          {KINDS.map(({ kind, label }) => (
            <button
              type="button"
              key={kind}
              class="segment"
              aria-pressed={filter.kind === kind}
              data-testid={`kind-${kind}`}
              onClick={() => change({ kind, states: new Set() })}
            >
              {label}
            </button>
          ))}
        </div>
        <label class="search">
          <Icon name="search" />
          <input
            id={SEARCH_ID}
            type="search"
            placeholder="Search id, peer, procedure, arguments, outcome"
            aria-label="Search the calls"
            data-testid="search"
            spellcheck={false}
            value={filter.text}
            onInput={({ currentTarget }) => change({ text: currentTarget.value })}
          />
          <kbd>/</kbd>
        </label>
        <Choice
          label="All peers"
          testId="filter-peer"
          value={filter.peer}
          names={session.store.peerAddresses.names()}
          onChange={(peer) => change({ peer })}
        />
        <Choice
          label="All procedures"
          testId="filter-procedure"
          value={filter.procedure}
          names={session.store.procedures.names()}
          onChange={(procedure) => change({ procedure })}
        />
      </div>
      <StateChips change={change} />
    </div>
  );
}

/** A longer list would not be readable. The search finds the other names. */
const MAX_NAMES = 200;

function Choice(props: {
  label: string;
  testId: string;
  value: string;
  names: readonly string[];
  onChange: (name: string) => void;
}): VNode {
  const { label, testId, value, names, onChange } = props;
  const offered = names.slice(0, MAX_NAMES);
  return (
    <select
      class="choice"
      aria-label={label}
      data-testid={testId}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{label}</option>
      {(value === '' || offered.includes(value) ? offered : [value, ...offered]).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function StateChips({ change }: { change: (part: Partial<Filter>) => void }): VNode {
  const session = useSession();
  const { filter } = session.rows;
  const { states } = session.store;
  const shown = KINDS_OF_SIDES.filter((kind) => filter.kind === kind || filter.kind === 'both');
  const countOfState = (state: string) =>
    shown.reduce((sum, kind) => sum + states.get(`${kind} ${state}`), 0);
  const offered = [...new Set(shown.flatMap((kind): readonly string[] => STATE_NAMES[kind]))];
  const [onlyKind] = shown.length === 1 ? shown : [];
  const toggle = (state: string) => {
    const chosen = new Set(filter.states);
    if (!chosen.delete(state)) chosen.add(state);
    change({ states: chosen });
  };
  return (
    <div class="chips" role="group" aria-label="States">
      {offered.map((state) => {
        const count = countOfState(state);
        return (
          <button
            type="button"
            key={state}
            class={count === 0 ? 'chip chip-none' : 'chip'}
            aria-pressed={filter.states.has(state)}
            data-testid={`state-${state}`}
            data-count={count}
            onClick={() => toggle(state)}
          >
            <StateMark state={state} {...(onlyKind !== undefined && { kind: onlyKind })} />
            <span class="num chip-count">{countText(count)}</span>
          </button>
        );
      })}
      <button
        type="button"
        class="chip"
        aria-pressed={filter.repeated}
        data-testid="filter-repeated"
        title="Only those whose request was sent more than once"
        onClick={() => change({ repeated: !filter.repeated })}
      >
        <span class="again">↻</span> sent again
      </button>
      {!isUnfiltered(filter) && (
        <button
          type="button"
          class="chip chip-clear"
          data-testid="filter-clear"
          onClick={() => change({ ...NO_FILTER, kind: filter.kind })}
        >
          clear filter
        </button>
      )}
    </div>
  );
}

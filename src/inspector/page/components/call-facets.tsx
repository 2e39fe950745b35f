/** Call facets: kinds and states of calls with their counts. A click adds one to the search. */
import type { VNode } from 'preact';
import { CALL_STATE_NAMES } from '../../../api/call-state.js';
import { NOTIFICATION_STATE_NAMES } from '../../../api/notification-state.js';
import { HANDLER_STATE_NAMES } from '../../../handler/state.js';
import { arrangement, search } from '../live/view-state.js';
import { GROUPING_NAMES, isGrouping } from '../store/arrangement.js';
import { countText } from '../store/format.js';
import type { InspectionStore } from '../store/inspection-store.js';
import { asksFor, toggled, without, withValue } from '../store/search-edit.js';
import { KIND_NAMES } from '../store/search-fields.js';
import type { Side } from '../store/transaction.js';
import { useLiveSession } from './page-context.js';
import { StateMark } from './state-mark.js';

type Kind = Side['kind'];

const KINDS: readonly { readonly kind: Kind; readonly label: string }[] = [
  { kind: 'call', label: 'Calls' },
  { kind: 'notification', label: 'Notifications' },
  { kind: 'handler', label: 'Requests' },
];

const STATE_NAMES: Readonly<Record<Kind, readonly string[]>> = {
  call: CALL_STATE_NAMES,
  notification: NOTIFICATION_STATE_NAMES,
  handler: HANDLER_STATE_NAMES,
};

export function CallFacets(): VNode {
  const { store } = useLiveSession();
  const chosen = KINDS.filter(({ kind }) => asksFor(search.value, 'kind', KIND_NAMES[kind]));
  const ask = (kind: Kind | undefined) => {
    const rest = without(search.value, ['kind', 'state']);
    search.value = kind === undefined ? rest : withValue(rest, 'kind', KIND_NAMES[kind]);
  };
  return (
    <div class="facets">
      <div class="segments" role="group" aria-label="Kind">
        <Segment
          label="All"
          testId="kind-all"
          isChosen={chosen.length === 0}
          onClick={() => ask(undefined)}
        />
        {KINDS.map(({ kind, label }) => (
          <Segment
            key={kind}
            label={label}
            testId={`kind-${kind}`}
            isChosen={chosen.some((one) => one.kind === kind)}
            onClick={() => ask(kind)}
          />
        ))}
      </div>
      <GroupChoice />
      <StateChips kinds={chosen.map(({ kind }) => kind)} store={store} />
    </div>
  );
}

function Segment(props: {
  label: string;
  testId: string;
  isChosen: boolean;
  onClick: () => void;
}): VNode {
  return (
    <button
      type="button"
      class="segment"
      aria-pressed={props.isChosen}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      {props.label}
    </button>
  );
}

function StateChips({ kinds, store }: { kinds: readonly Kind[]; store: InspectionStore }): VNode {
  const { states } = store;
  const all = kinds.length > 0 ? kinds : KINDS.map(({ kind }) => kind);
  const chips = statesOf(all).map((state) => ({
    state,
    count: all.reduce((sum, kind) => sum + states.get(`${kind} ${state}`), 0),
    isChosen: asksFor(search.value, 'state', state),
  }));
  // Of all kinds together, only the states of calls are shown before there is one.
  const shown = chips.filter(
    ({ state, count, isChosen }) =>
      kinds.length > 0 || count > 0 || isChosen || STATE_NAMES.call.includes(state),
  );
  const [onlyKind] = kinds.length === 1 ? kinds : [];
  return (
    <div class="chips" role="group" aria-label="States">
      {shown.map(({ state, count, isChosen }) => (
        <button
          type="button"
          key={state}
          class={count === 0 ? 'chip chip-none' : 'chip'}
          aria-pressed={isChosen}
          data-testid={`state-${state}`}
          data-count={count}
          onClick={() => (search.value = toggled(search.value, 'state', state))}
        >
          <StateMark state={state} {...(onlyKind !== undefined && { kind: onlyKind })} />
          <span class="num chip-count">{countText(count)}</span>
        </button>
      ))}
      <button
        type="button"
        class="chip"
        aria-pressed={asksFor(search.value, 'attempts', '>1')}
        data-testid="filter-repeated"
        title="Only those whose request was sent more than once"
        onClick={() => (search.value = toggled(search.value, 'attempts', '>1'))}
      >
        <span class="again">↻</span> sent again
      </button>
    </div>
  );
}

function statesOf(kinds: readonly Kind[]): string[] {
  return [...new Set(kinds.flatMap((kind) => STATE_NAMES[kind]))];
}

function GroupChoice(): VNode {
  return (
    <select
      class="choice"
      aria-label="Group by"
      data-testid="group"
      value={arrangement.value.grouping ?? ''}
      onChange={({ currentTarget: { value } }) => {
        const grouping = isGrouping(value) ? value : undefined;
        arrangement.value = { ...arrangement.value, grouping };
      }}
    >
      <option value="">no groups</option>
      {GROUPING_NAMES.map((name) => (
        <option key={name} value={name}>
          by {name}
        </option>
      ))}
    </select>
  );
}

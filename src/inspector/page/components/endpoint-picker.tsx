/** Endpoint picker: chooses the endpoints that all views are about. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { pickedEndpoints } from '../live/view-state.js';
import type { EndpointState } from '../store/endpoint-state.js';
import { countOf, rateText } from '../store/format.js';
import { callsMade, rateOf } from '../store/rates.js';
import { useLiveSession } from './page-context.js';
import { Popover } from './popover.js';
import { StateMark } from './state-mark.js';

const text = signal('');

export function EndpointPicker(): VNode | null {
  const { endpoints } = useLiveSession().store;
  const picked = pickedEndpoints.value;
  if (endpoints.size < 2 && picked.size === 0) return null;
  const label =
    picked.size === 0
      ? `All ${countOf(endpoints.size, 'endpoint')}`
      : `${picked.size} of ${countOf(endpoints.size, 'endpoint')}`;
  return (
    <Popover label={label} title="Endpoints to show" testId="endpoint-picker">
      {() => <Choices />}
    </Popover>
  );
}

function Choices(): VNode {
  const { endpoints } = useLiveSession().store;
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...endpoints.values()].filter(({ name, record }) => {
    const searched = `${name} ${record.address}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
  const keys = found.map(({ record }) => record.endpoint);
  return (
    <div class="picker" data-testid="endpoint-choices">
      <div class="picker-line">
        <input
          type="search"
          class="picker-search"
          placeholder="Name or address"
          aria-label="Search the endpoints"
          data-testid="endpoint-search"
          spellcheck={false}
          value={text.value}
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
        <button
          type="button"
          class="link"
          data-testid="endpoint-found"
          disabled={words.length === 0 || keys.length === 0}
          onClick={() => (pickedEndpoints.value = new Set(keys))}
        >
          pick what is found
        </button>
        <button
          type="button"
          class="link"
          data-testid="endpoint-all"
          disabled={pickedEndpoints.value.size === 0}
          onClick={() => (pickedEndpoints.value = new Set())}
        >
          all
        </button>
      </div>
      <ul class="picker-list">
        {found.map((endpoint) => (
          <Choice key={endpoint.record.endpoint} endpoint={endpoint} />
        ))}
      </ul>
      {found.length === 0 && <p class="muted picker-none">No endpoint has this name or address.</p>}
    </div>
  );
}

function Choice({ endpoint }: { endpoint: EndpointState }): VNode {
  const session = useLiveSession();
  const { name, record, condition, counts } = endpoint;
  const key = record.endpoint;
  const picked = pickedEndpoints.value;
  const rate = rateOf(counts.items(), callsMade, session.nowMs());
  const toggle = () => {
    const next = new Set(picked);
    if (!next.delete(key)) next.add(key);
    pickedEndpoints.value = next;
  };
  return (
    <li>
      <label class="check picker-choice">
        <input
          type="checkbox"
          checked={picked.has(key)}
          data-testid="endpoint-choice"
          data-endpoint={key}
          onChange={toggle}
        />
        <StateMark state={condition === 'lost' ? 'feedLost' : condition} bare />
        <span class="cut picker-name">{name}</span>
        <span class="muted num cut">{name === record.address ? '' : record.address}</span>
        <span class="muted num right">{rateText(rate)} calls/s</span>
      </label>
    </li>
  );
}

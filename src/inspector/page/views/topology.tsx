/** Topology view: which endpoints and peers call each other, how often, and what gets lost. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { lazy } from '../components/lazy.js';
import { useLiveSession } from '../components/page-context.js';
import { TopologyDetail } from '../components/topology-detail.js';
import { TopologyTable } from '../components/topology-table.js';
import type { Session } from '../live/session.js';
import { pickedEndpoints, search, timeRange } from '../live/view-state.js';
import { countOf } from '../store/format.js';
import { searchTest } from '../store/search.js';
import { pairsOf } from '../store/side-pairs.js';
import type { Topology } from '../store/topology.js';
import { topologyOf } from '../store/topology.js';

const TopologyPicture = lazy(
  async () => (await import('../components/topology-picture.js')).TopologyPicture,
);

const FORMS = [
  { form: 'picture', label: 'Picture' },
  { form: 'whole', label: 'Whole' },
  { form: 'table', label: 'Table' },
] as const;

type Form = (typeof FORMS)[number]['form'];

/** Without a time range, rates and losses are those of this time. */
const RECENT_MS = 10_000;
/** Nobody reads numbers that change faster. */
const REFRESH_MS = 1_000;

/** The nodes that were shown last. */
let shown: ReadonlySet<string> = new Set();
const form = signal<Form>('picture');
/** How often the user had all nodes arranged anew. */
const arrangement = signal(0);
const selected = signal<string | undefined>(undefined);
const select = (key: string | undefined) => (selected.value = key);

export function TopologyView(): VNode {
  const session = useLiveSession();
  const topology = useTopology(session);
  const { nodes, links, peersLeftOut } = topology;
  const names = useMemo(() => new Map(nodes.map(({ key, name }) => [key, name])), [topology]);
  const nameOf = (key: string) => names.get(key) ?? key;
  const node = nodes.find(({ key }) => key === selected.value);
  // The picture is drawn again only with new numbers, not whenever records come.
  const picture = useMemo(
    () => (
      <TopologyPicture
        topology={topology}
        selected={selected.value}
        onSelect={select}
        fits={form.value === 'whole'}
        arrangement={arrangement.value}
      />
    ),
    [topology, selected.value, form.value, arrangement.value],
  );
  return (
    <section class="topology" aria-label="Topology">
      <div class="bar">
        <div class="segments" role="group" aria-label="Form">
          {FORMS.map((one) => (
            <button
              type="button"
              key={one.form}
              class="segment"
              aria-pressed={form.value === one.form}
              data-testid={`topology-${one.form}`}
              onClick={() => (form.value = one.form)}
            >
              {one.label}
            </button>
          ))}
        </div>
        {form.value !== 'table' && (
          <button
            type="button"
            class="button"
            data-testid="topology-arrange"
            title="Nodes stay where they are while others come and leave. This places all of them anew."
            onClick={() => (arrangement.value += 1)}
          >
            Arrange anew
          </button>
        )}
        <span data-testid="topology-size" data-nodes={nodes.length} data-links={links.length}>
          <b>{countOf(nodes.length, 'node')}</b>, {countOf(links.length, 'link')}
          {peersLeftOut > 0 && `; ${countOf(peersLeftOut, 'quiet peer')} left out`}
        </span>
        <span class="muted">
          {timeRange.value === undefined ? 'the last 10 seconds' : 'the chosen time'}
        </span>
      </div>
      {nodes.length === 0 ? (
        <div class="empty empty-page">
          <p>No endpoints yet.</p>
        </div>
      ) : form.value === 'table' ? (
        <div class="topology-tables" tabIndex={0} role="region" aria-label="Links">
          <TopologyTable links={links} nameOf={nameOf} caption="Who calls whom" />
        </div>
      ) : (
        <div class="topology-body">
          {picture}
          {node !== undefined && <TopologyDetail node={node} links={links} nameOf={nameOf} />}
        </div>
      )}
    </section>
  );
}

function useTopology(session: Session): Topology {
  const { store } = session;
  const nowMs = session.nowMs();
  const { value: text } = search;
  const { value: range } = timeRange;
  const { value: picked } = pickedEndpoints;
  return useMemo(() => {
    const topology = topologyOf(store, {
      picked,
      pairs: text.trim() === '' ? undefined : pairsOf(store.recentSides(), searchTest(text)),
      range: range ?? { fromMs: nowMs - RECENT_MS, toMs: nowMs },
      shown,
    });
    shown = new Set(topology.nodes.map(({ key }) => key));
    return topology;
  }, [store, Math.floor(nowMs / REFRESH_MS), text, range, picked]);
}

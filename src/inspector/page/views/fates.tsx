/** Fates view: the fate of every inbound frame, by endpoint. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { Name } from '../components/name.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { StateMark } from '../components/state-mark.js';
import { showFramesOf } from '../live/datagram-state.js';
import { pickedEndpoints } from '../live/view-state.js';
import type { EndpointState } from '../store/endpoint-state.js';
import { fateWords } from '../store/fate-words.js';
import type { FateGroup, FateRow, FateTable } from '../store/fates.js';
import { fateTable } from '../store/fates.js';
import { countOf, countText, rateText } from '../store/format.js';

const showsAll = signal(false);

export function FatesView(): VNode {
  const session = useLiveSession();
  const picked = pickedEndpoints.value;
  const endpoints = [...session.store.endpoints.values()].filter(
    ({ record }) => picked.size === 0 || picked.has(record.endpoint),
  );
  if (endpoints.length === 0) {
    return (
      <div class="empty empty-page">
        <p>No endpoints yet.</p>
      </div>
    );
  }
  return (
    <section class="fates" aria-label="Fates">
      <div class="bar">
        <span>What happened to inbound frames. Each frame has exactly one fate.</span>
        <label class="check">
          <input
            type="checkbox"
            data-testid="fates-all"
            checked={showsAll.value}
            onChange={({ currentTarget }) => (showsAll.value = currentTarget.checked)}
          />
          also show fates with a count of 0
        </label>
      </div>
      <div class="fate-columns">
        {endpoints.map((endpoint) => (
          <EndpointFates
            key={endpoint.record.endpoint}
            endpoint={endpoint}
            nowMs={session.nowMs()}
          />
        ))}
      </div>
    </section>
  );
}

function EndpointFates({ endpoint, nowMs }: { endpoint: EndpointState; nowMs: number }): VNode {
  const table = fateTable(endpoint.counts.items(), nowMs);
  const { name, record } = endpoint;
  const condition = useSession().conditionOf(endpoint);
  return (
    <section
      class="panel fate-panel"
      data-testid="fates"
      data-endpoint={record.endpoint}
      data-adds-up={table?.addsUp}
    >
      <h3>
        <span>
          <b>
            <Name text={name} />
          </b>{' '}
          {name !== record.address && <span class="num">{record.address}</span>}
        </span>
        <StateMark state={condition === 'lost' ? 'feedLost' : condition} />
      </h3>
      {table === undefined ? (
        <p class="muted">The endpoint has not sent its counts yet.</p>
      ) : (
        <Table
          table={table}
          kernelDrops={endpoint.counts.last()?.stats.kernelDrops}
          onPick={(fate) => showFramesOf(record.endpoint, fate)}
        />
      )}
    </section>
  );
}

/** Shows the frames of a fate, or of a group of fates. */
type Pick = (fate: string) => void;

function Table({
  table,
  kernelDrops,
  onPick,
}: {
  table: FateTable;
  kernelDrops: number | undefined;
  onPick: Pick;
}): VNode {
  const { groups, sum, framesReceived, addsUp } = table;
  const most = Math.max(1, ...groups.flatMap(({ rows }) => rows.map(({ count }) => count)));
  return (
    <>
      <table class="fate-table">
        <thead>
          <tr>
            <th>fate</th>
            <th aria-hidden="true" />
            <th class="right">frames</th>
            <th class="right">per second</th>
          </tr>
        </thead>
        {groups.map((group) => (
          <Group key={group.name} group={group} most={most} onPick={onPick} />
        ))}
      </table>
      <p
        class={addsUp ? 'sum' : 'sum sum-bad'}
        data-testid="fates-sum"
        data-sum={sum}
        data-received={framesReceived}
      >
        <span>sum of all fates</span> <b class="num">{countText(sum)}</b>
        <span aria-label={addsUp ? 'equals' : 'differs from'}>{addsUp ? '=' : '≠'}</span>
        <b class="num">{countText(framesReceived)}</b> <span>frames received</span>
        <span class={addsUp ? 'tone-good' : 'tone-bad'}>
          {addsUp ? '✓ they add up' : '✕ they do not add up'}
        </span>
      </p>
      {kernelDrops !== undefined && (
        <p class="muted fate-kernel">
          {countOf(kernelDrops, 'datagram')} dropped by the kernel because its buffer was full: they
          never reached the endpoint
        </p>
      )}
    </>
  );
}

function Group(props: { group: FateGroup; most: number; onPick: Pick }): VNode {
  const { group, most, onPick } = props;
  const { name, heading, count, perSecond, rows } = group;
  const shown = rows.filter((row) => showsAll.value || row.count > 0);
  const isAlone = rows.length === 1 && rows[0]?.fate === name;
  return (
    <tbody>
      <tr
        class={count === 0 ? 'fate-group faint' : 'fate-group'}
        data-testid={`fate-group-${name}`}
      >
        <th scope="rowgroup" colSpan={2}>
          <FramesLink label={heading} count={count} onPick={() => onPick(name)} />
          {isAlone && <span class="fate-words">{fateWords(name)}</span>}
        </th>
        <td class="right num">{countText(count)}</td>
        <td class="right num">{rateText(perSecond)}</td>
      </tr>
      {!isAlone &&
        shown.map((row) => <Fate key={row.fate} row={row} most={most} onPick={onPick} />)}
    </tbody>
  );
}

function Fate({ row, most, onPick }: { row: FateRow; most: number; onPick: Pick }): VNode {
  const { fate, label, count, perSecond } = row;
  return (
    <tr
      class={count === 0 ? 'fate faint' : 'fate'}
      data-testid="fate"
      data-fate={fate}
      data-count={count}
    >
      <td>
        <FramesLink label={label} count={count} onPick={() => onPick(fate)} />
        <span class="fate-words">{fateWords(fate)}</span>
      </td>
      <td class="fate-bar" aria-hidden="true">
        <i style={{ width: `${(100 * count) / most}%` }} />
      </td>
      <td class="right num">{countText(count)}</td>
      <td class="right num">
        {perSecond === 0 ? <span class="faint">0</span> : rateText(perSecond)}
      </td>
    </tr>
  );
}

/** A fate that leads to its frames, if it has any. */
function FramesLink(props: { label: string; count: number; onPick: () => void }): VNode {
  const { label, count, onPick } = props;
  if (count === 0) return <b>{label}</b>;
  return (
    <button
      type="button"
      class="link frames-link"
      title={`Show the frames: ${label}`}
      data-testid="show-frames"
      onClick={onPick}
    >
      <Name text={label} />
    </button>
  );
}

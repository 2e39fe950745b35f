/** Call row: a line of the list of calls: a call, a notification or a request, or a group's head. */
import type { ComponentChildren, VNode } from 'preact';
import { fullTimeText } from '../live/time-style.js';
import { cursor, openCall } from '../live/view-state.js';
import type { Grouping } from '../store/arrangement.js';
import { ageText, countOf, countText, durationText } from '../store/format.js';
import type { RowGroup } from '../store/row-groups.js';
import type { FieldName } from '../store/search-fields.js';
import { causesOf } from '../store/side-outcome.js';
import type { Side } from '../store/transaction.js';
import { Icon } from './icon.js';
import { Name } from './name.js';
import { AddToSearch } from './search-value.js';
import { StateMark } from './state-mark.js';

const DIRECTIONS = {
  call: { label: 'call to', title: 'called by', arrow: '→' },
  notification: { label: 'notification to', title: 'notified by', arrow: '⇢' },
  handler: { label: 'request from', title: 'asked of', arrow: '←' },
} as const satisfies Readonly<Record<Side['kind'], object>>;

export function CallRow({
  side,
  index,
  nowMs,
}: {
  side: Side;
  index: number;
  nowMs: number;
}): VNode {
  const { record, kind, state, attempts, elapsedMs, note, endpointName } = side;
  const isAtCursor = cursor.value === side;
  const [cause] = note === '' ? [] : causesOf(side);
  return (
    <div
      class={isAtCursor ? 'row row-cursor' : 'row'}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isAtCursor}
      data-testid="call-row"
      data-transaction={record.transactionId}
      data-kind={kind}
      data-state={state}
      onClick={() => openCall(side)}
    >
      <span role="gridcell" class="mono id" title={record.transactionId}>
        {record.transactionId.slice(0, 8)}
      </span>
      <Cell class="endpoint-cell" field="endpoint" value={endpointName} title={record.endpoint}>
        <Name text={endpointName} />
      </Cell>
      <span
        role="gridcell"
        class="direction"
        aria-label={DIRECTIONS[kind].label}
        title={`${DIRECTIONS[kind].title} ${endpointName}`}
      >
        {DIRECTIONS[kind].arrow}
      </span>
      <Cell class="num peer-cell" field="peer" value={record.peer} title={record.peer}>
        <Name text={record.peer} />
      </Cell>
      <Cell class="procedure" field="procedure" value={record.procedure} title={record.procedure}>
        <Name text={record.procedure} />
      </Cell>
      <Cell class="state-cell" field="state" value={state}>
        <StateMark state={state} kind={kind} />
      </Cell>
      <span role="gridcell" class={attempts > 1 ? 'right num sent again' : 'right num sent muted'}>
        {attempts > 1 ? `${attempts}×` : attempts}
      </span>
      <span role="gridcell" class="right num">
        {elapsedMs === undefined ? <i class="faint">–</i> : durationText(elapsedMs)}
      </span>
      <span role="gridcell" class="right num muted age" title={fullTimeText(record.atMs)}>
        {ageText(nowMs - record.atMs)}
      </span>
      {cause === undefined ? (
        <span role="gridcell" class="cut note" title={note}>
          <Name text={note} />
        </span>
      ) : (
        <Cell class="note" field="cause" value={cause} title={note}>
          <Name text={note} />
        </Cell>
      )}
    </div>
  );
}

function Cell(props: {
  class: string;
  field: FieldName;
  value: string;
  title?: string;
  children: ComponentChildren;
}): VNode {
  const { field, value, title, children } = props;
  return (
    <span role="gridcell" class={`cell ${props.class}`} title={title}>
      <span class="cut">{children}</span>
      <AddToSearch field={field} value={value} />
    </span>
  );
}

export function GroupRow(props: {
  group: RowGroup;
  grouping: Grouping | undefined;
  index: number;
  isOpen: boolean;
  onToggle: () => void;
}): VNode {
  const { group, grouping, index, isOpen, onToggle } = props;
  const { name, failed, sides } = group;
  return (
    <div
      class="row row-group"
      role="row"
      aria-rowindex={index + 2}
      data-testid="group-row"
      data-group={name}
      data-count={sides.length}
      data-failed={failed}
    >
      <span role="gridcell" class="group-cell">
        <button type="button" class="group-toggle" aria-expanded={isOpen} onClick={onToggle}>
          <Icon name={isOpen ? 'unfolded' : 'folded'} />
          {grouping === 'outcome' ? <StateMark state={name} /> : <b class="cut">{name}</b>}
        </button>
        <span class="num muted">{countText(sides.length)}</span>
        {failed > 0 && (
          <span class="tone-bad group-failed">
            {countOf(failed, 'failure')}, {((100 * failed) / sides.length).toFixed(1)} %
          </span>
        )}
      </span>
    </div>
  );
}

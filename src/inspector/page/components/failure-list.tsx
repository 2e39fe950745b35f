/** Failure list: what went wrong so often that most of it is only counted, a row for each way. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { openCall } from '../live/view-state.js';
import { failureRows, reasonWords, wholeOf } from '../store/failure-rows.js';
import type { FailureRow } from '../store/failure-rows.js';
import { ageText, countOf, countText } from '../store/format.js';
import type { Side } from '../store/transaction.js';
import { useLiveSession } from './page-context.js';
import { StateMark } from './state-mark.js';

/** More rows would leave no room for the calls. */
const MAX_ROWS = 5;

export function FailureList(): VNode | null {
  const session = useLiveSession();
  const rows = failureRows(session.store.endpoints.values());
  if (rows.length === 0) return null;
  return (
    <section class="failures" aria-label="Counted failures">
      {rows.slice(0, MAX_ROWS).map((row) => (
        <Failure key={`${row.of} ${row.state} ${row.reason}`} row={row} />
      ))}
      {rows.length > MAX_ROWS && (
        <p class="muted failure-more">
          {countOf(rows.length - MAX_ROWS, 'other kind')} of failures
        </p>
      )}
    </section>
  );
}

function Failure({ row }: { row: FailureRow }): VNode {
  const session = useLiveSession();
  const [whole, setWhole] = useState<readonly Side[]>([]);
  const { of, state, reason, count, shown } = row;
  return (
    <details
      class="failure"
      data-testid="failure"
      data-state={state}
      data-reason={reason}
      data-count={count}
      data-shown={shown}
      onToggle={({ currentTarget }) => {
        setWhole(currentTarget.open ? wholeOf(session.store, row) : []);
      }}
    >
      <summary>
        <b class="num">{countText(count)} ×</b>
        <StateMark state={state} kind={of} />
        {reason !== '' && <span class="cut">{reasonWords(reason)}</span>}
        <span class="muted">
          {countText(shown)} shown whole, {countText(count - shown)} only counted
        </span>
      </summary>
      <Parts row={row} />
      <ul class="failure-whole" aria-label="Those shown whole">
        {whole.length === 0 && <li class="muted">None of them is kept any more.</li>}
        {whole.map((side) => (
          <li key={side.number}>
            <button type="button" class="link mono" onClick={() => openCall(side)}>
              {side.record.transactionId.slice(0, 8)}
            </button>{' '}
            {side.record.procedure}{' '}
            <span class="muted">{ageText(session.nowMs() - side.record.atMs)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Parts({ row: { of, parts, partsLeftOut } }: { row: FailureRow }): VNode {
  const { endpoints } = useLiveSession().store;
  return (
    <table class="failure-parts">
      <thead>
        <tr>
          <th class="right">times</th>
          <th>{of === 'handler' ? 'asked of' : 'called by'}</th>
          <th>peer</th>
          <th>procedure</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ endpoint, peer, procedure, count }) => (
          <tr key={`${endpoint} ${peer} ${procedure}`}>
            <td class="num right">{countText(count)}</td>
            <td class="cut">{endpoints.get(endpoint)?.name ?? endpoint}</td>
            <td class="cut num">{peer === '*' ? 'others' : peer}</td>
            <td class="cut">{procedure === '*' ? 'others' : procedure}</td>
          </tr>
        ))}
        {partsLeftOut > 0 && (
          <tr>
            <td colSpan={4} class="muted">
              {countOf(partsLeftOut, 'more line')}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

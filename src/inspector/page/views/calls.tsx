/** Calls view: a live table of calls and handlers. */
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { CallFilter } from '../components/call-filter.js';
import { FailureList } from '../components/failure-list.js';
import { Icon } from '../components/icon.js';
import { Name } from '../components/name.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { StateMark } from '../components/state-mark.js';
import { VirtualList } from '../components/virtual-list.js';
import { cursor, heldAt, openCall } from '../live/view-state.js';
import { isUnfiltered } from '../store/filter.js';
import { ageText, countOf, countText, durationText } from '../store/format.js';
import type { Side } from '../store/transaction.js';

const ROW_HEIGHT = 30;

export function CallsView(): VNode {
  const session = useLiveSession();
  const { rows, store } = session;
  const held = heldAt.value?.store === store ? heldAt.value.number : undefined;
  const at =
    cursor.value !== undefined && rows.placeOf(cursor.value) >= 0 ? cursor.value : undefined;
  const newer = held === undefined ? 0 : rows.newerThan(held);
  const count = rows.length - newer;
  const nowMs = session.nowMs();
  const hold = () => {
    const newest = rows.fromNewest(0);
    if (held === undefined && newest !== undefined) heldAt.value = { number: newest.number, store };
  };
  const follow = () => {
    heldAt.value = undefined;
    cursor.value = undefined;
  };
  const reveal = at === undefined ? undefined : rows.placeOf(at) - newer;
  useEffect(() => {
    if (at !== undefined) hold();
  }, [at]);
  return (
    <section class="calls" aria-label="Calls">
      <CallFilter />
      <FailureList />
      <div
        class="table"
        role="grid"
        aria-label="Calls"
        aria-rowcount={count + 1}
        data-testid="calls-table"
        data-count={rows.length}
      >
        <div class="row row-head" role="row" aria-rowindex={1}>
          <span role="columnheader">id</span>
          <span role="columnheader" aria-label="direction" />
          <span role="columnheader">peer</span>
          <span role="columnheader">procedure</span>
          <span role="columnheader">state</span>
          <span role="columnheader" class="right" title="How many times the request was sent">
            sent
          </span>
          <span
            role="columnheader"
            class="right"
            title="Call: from its first transmission to its answer. Request: how long its procedure ran."
          >
            time
          </span>
          <span role="columnheader" class="right">
            age
          </span>
          <span role="columnheader">outcome</span>
        </div>
        <VirtualList
          count={count}
          rowHeight={ROW_HEIGHT}
          label="Calls, newest first"
          reveal={reveal}
          scrolledToTop={held === undefined}
          onScroll={(top) => {
            if (top > ROW_HEIGHT / 2) hold();
            else if (at === undefined) heldAt.value = undefined;
          }}
          row={(index) => {
            const side = rows.fromNewest(index + newer);
            return side === undefined ? null : <Row side={side} index={index} nowMs={nowMs} />;
          }}
        />
        {count === 0 && <Empty />}
        {newer > 0 && (
          <button type="button" class="newer" data-testid="newer" onClick={follow}>
            <Icon name="up" /> {countText(newer)} newer
          </button>
        )}
      </div>
      <Footer />
    </section>
  );
}

const DIRECTIONS = {
  call: { label: 'call to', title: 'called by', arrow: '→' },
  notification: { label: 'notification to', title: 'notified by', arrow: '⇢' },
  handler: { label: 'request from', title: 'asked of', arrow: '←' },
} as const satisfies Readonly<Record<Side['kind'], object>>;

function Row({ side, index, nowMs }: { side: Side; index: number; nowMs: number }): VNode {
  const { record, kind, state, attempts, elapsedMs, note } = side;
  const isAtCursor = cursor.value === side;
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
      <span
        role="gridcell"
        class="direction"
        aria-label={DIRECTIONS[kind].label}
        title={`${DIRECTIONS[kind].title} ${record.endpoint}`}
      >
        {DIRECTIONS[kind].arrow}
      </span>
      <span role="gridcell" class="cut num" title={record.peer}>
        <Name text={record.peer} />
      </span>
      <span role="gridcell" class="cut procedure" title={record.procedure}>
        <Name text={record.procedure} />
      </span>
      <span role="gridcell">
        <StateMark state={state} kind={kind} />
      </span>
      <span role="gridcell" class={attempts > 1 ? 'right num again' : 'right num muted'}>
        {attempts > 1 ? `${attempts}×` : attempts}
      </span>
      <span role="gridcell" class="right num">
        {elapsedMs === undefined ? <i class="faint">–</i> : durationText(elapsedMs)}
      </span>
      <span role="gridcell" class="right num muted">
        {ageText(nowMs - record.atMs)}
      </span>
      <span role="gridcell" class="cut note" title={note}>
        <Name text={note} />
      </span>
    </div>
  );
}

function Empty(): VNode {
  const session = useSession();
  const filtered = !isUnfiltered(session.rows.filter);
  return (
    <div class="empty">
      {session.isReading ? (
        <p class="muted">…</p>
      ) : filtered ? (
        <p>No call matches the filter.</p>
      ) : (
        <p>
          No calls yet. Calls appear here when they are made.
          <br />
          <span class="muted">
            Start an endpoint with <code>--inspect</code>, or drop a recording on this page.
          </span>
        </p>
      )}
    </div>
  );
}

function Footer(): VNode {
  const { rows, store } = useSession();
  return (
    <footer class="footer">
      <span data-testid="listed">{countText(rows.length)} listed</span>
      <span class="muted">of {countText(store.size)} calls and requests kept</span>
      {store.evicted > 0 && (
        <span class="muted" data-testid="evicted">
          {countOf(store.evicted, 'older one')} removed to make room
        </span>
      )}
      <span class="footer-keys muted">
        <kbd>j</kbd> <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>/</kbd> search <kbd>?</kbd> keys
      </span>
    </footer>
  );
}

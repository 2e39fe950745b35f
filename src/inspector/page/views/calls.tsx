/** Calls view: a live table of calls, notifications and requests. */
import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { CallFacets } from '../components/call-facets.js';
import { CallRow, GroupRow } from '../components/call-row.js';
import { CallTableHead } from '../components/call-table-head.js';
import { FailureList } from '../components/failure-list.js';
import { Icon } from '../components/icon.js';
import { NoCalls } from '../components/no-calls.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { VirtualList } from '../components/virtual-list.js';
import { hold, release } from '../live/listing.js';
import { arrangement, cursor } from '../live/view-state.js';
import { countOf, countText } from '../store/format.js';

const ROW_HEIGHT = 30;

export function CallsView(): VNode {
  const session = useLiveSession();
  const { rows, store } = session;
  const line = cursor.value === undefined ? -1 : rows.lineOf(cursor.value);
  const at = line === -1 ? undefined : cursor.value;
  const nowMs = session.nowMs();
  const { grouping } = arrangement.value;
  useEffect(() => {
    if (at !== undefined) hold(session);
  }, [at]);
  return (
    <section class="calls" aria-label="Calls">
      <CallFacets />
      <FailureList />
      <div
        class={store.endpoints.size > 1 ? 'table table-endpoints' : 'table'}
        role="grid"
        aria-label="Calls"
        aria-rowcount={rows.lines + 1}
        data-testid="calls-table"
        data-count={rows.length + rows.newer}
      >
        <CallTableHead />
        <VirtualList
          count={rows.lines}
          rowHeight={ROW_HEIGHT}
          label="Calls"
          reveal={at === undefined ? undefined : line}
          scrolledToTop={!rows.isHeld}
          onScroll={(top) => {
            if (top > ROW_HEIGHT / 2) hold(session);
            else if (at === undefined && rows.isHeld) release(session);
          }}
          row={(index) => {
            const shown = rows.lineAt(index);
            if (shown?.side !== undefined) {
              return <CallRow side={shown.side} index={index} nowMs={nowMs} />;
            }
            const group = shown?.group;
            if (group === undefined) return null;
            return (
              <GroupRow
                group={group}
                grouping={grouping}
                index={index}
                isOpen={rows.isOpen(group)}
                onToggle={() => {
                  rows.toggle(group);
                  session.tick.value += 1;
                }}
              />
            );
          }}
        />
        {rows.length === 0 && <NoCalls />}
        {rows.newer > 0 && (
          <button
            type="button"
            class="newer"
            data-testid="newer"
            onClick={() => {
              cursor.value = undefined;
              release(session);
            }}
          >
            <Icon name="up" /> {countText(rows.newer)} newer
          </button>
        )}
      </div>
      <Footer />
    </section>
  );
}

function Footer(): VNode {
  const { rows, store } = useSession();
  return (
    <footer class="footer">
      <span data-testid="listed">{countText(rows.length + rows.newer)} listed</span>
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

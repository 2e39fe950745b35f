/** Datagrams view: every frame that is kept, by time, and the open one byte by byte. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { DatagramFilterBar } from '../components/datagram-filter-bar.js';
import { DatagramHeads, DatagramRow, idOf } from '../components/datagram-row.js';
import { FrameDetail } from '../components/frame-detail.js';
import { Icon } from '../components/icon.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { VirtualList } from '../components/virtual-list.js';
import { datagramFilter, heldFrame, openFrame } from '../live/datagram-state.js';
import { pickedEndpoints, search, timeRange } from '../live/view-state.js';
import { datagramTest } from '../store/datagram-filter.js';
import { DatagramRows } from '../store/datagram-rows.js';
import { countText } from '../store/format.js';
import { searchTest } from '../store/search.js';
import type { Frame } from '../store/transaction.js';

const ROW_HEIGHT = 28;
/** So often the list is built again while a search can find calls that have changed. */
const SEARCH_INTERVAL_MS = 1_000;

export function DatagramsView(): VNode {
  const { store } = useLiveSession();
  const rows = useRows();
  const isKept = (frame: Frame | undefined) => frame !== undefined && store.datagrams.has(frame);
  const held = isKept(heldFrame.value) ? heldFrame.value : undefined;
  const open = isKept(openFrame.value) ? openFrame.value : undefined;
  const later = held === undefined ? 0 : rows.laterThan(held);
  const place = open === undefined ? -1 : rows.placeOf(open);
  const hold = () => {
    if (held === undefined) heldFrame.value = rows.fromNewest(0);
  };
  const choose = (frame: Frame | undefined) => {
    hold();
    openFrame.value = frame;
  };
  return (
    <section class="datagrams-view" aria-label="Datagrams">
      <div class="filter">
        <DatagramFilterBar />
      </div>
      <div
        class="table"
        role="grid"
        aria-label="Datagrams, newest first"
        aria-rowcount={rows.length - later + 1}
        aria-activedescendant={place >= later && open !== undefined ? idOf(open) : undefined}
        tabIndex={0}
        data-testid="datagrams-table"
        data-count={rows.length}
        onKeyDown={(event) => {
          const to = placeAfter(event.key, place, later, rows.length);
          if (to === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          if (to === 'none') openFrame.value = undefined;
          else choose(rows.fromNewest(Math.max(later, Math.min(rows.length - 1, to))));
        }}
      >
        <DatagramHeads />
        <VirtualList
          count={rows.length - later}
          rowHeight={ROW_HEIGHT}
          label="Datagrams, newest first"
          tabIndex={-1}
          reveal={place < later ? undefined : place - later}
          scrolledToTop={held === undefined}
          onScroll={(top) => {
            if (top > ROW_HEIGHT / 2) hold();
            else if (open === undefined) heldFrame.value = undefined;
          }}
          row={(index) => {
            const frame = rows.fromNewest(index + later);
            if (frame === undefined) return null;
            const before = rows.fromNewest(index + later + 1);
            const isOpen = frame === open;
            return (
              <DatagramRow
                frame={frame}
                before={before}
                index={index}
                isOpen={isOpen}
                onClick={() => choose(isOpen ? undefined : frame)}
              />
            );
          }}
        />
        {rows.length === 0 && <Empty />}
        {later > 0 && (
          <button
            type="button"
            class="newer"
            data-testid="datagrams-newer"
            onClick={() => {
              heldFrame.value = undefined;
              openFrame.value = undefined;
            }}
          >
            <Icon name="up" /> {countText(later)} newer
          </button>
        )}
      </div>
      {open !== undefined && (
        <FrameDetail frame={open} onClose={() => (openFrame.value = undefined)} />
      )}
      <footer class="footer">
        <span data-testid="datagrams-listed">{countText(rows.length)} listed</span>
        <span class="muted">a datagram of several frames is listed frame by frame</span>
      </footer>
    </section>
  );
}

/** The list, built again when what is chosen changes, and otherwise only added to. */
function useRows(): DatagramRows {
  const session = useSession();
  const { datagrams } = session.store;
  const kept = useRef<DatagramRows>(undefined);
  const rows = (kept.current ??= new DatagramRows());
  const text = search.value.trim();
  const turn = text === '' ? 0 : Math.floor(session.nowMs() / SEARCH_INTERVAL_MS);
  const endpoints = pickedEndpoints.value;
  useMemo(() => {
    const scope = { sideTest: searchTest(text), endpoints, timeRange: timeRange.value };
    rows.select(datagramTest(datagramFilter.value, scope), datagrams);
  }, [datagrams, text, turn, endpoints, timeRange.value, datagramFilter.value]);
  rows.update();
  return rows;
}

/** Where a key leads from an open frame; `none` closes it. */
function placeAfter(
  key: string,
  place: number,
  first: number,
  length: number,
): number | 'none' | undefined {
  const by = STEPS[key];
  if (by !== undefined) return place === -1 ? first : place + by;
  if (key === 'Home') return first;
  if (key === 'End') return length - 1;
  return key === 'Escape' && place !== -1 ? 'none' : undefined;
}

const STEPS: Readonly<Record<string, number | undefined>> = {
  ArrowDown: 1,
  j: 1,
  ArrowUp: -1,
  k: -1,
  PageDown: 10,
  PageUp: -10,
};

function Empty(): VNode {
  const { store, isReading } = useSession();
  const hasAny = store.datagrams.latest(1).length > 0;
  return (
    <div class="empty">
      {isReading ? (
        <p class="muted">…</p>
      ) : hasAny ? (
        <p>
          No kept datagram matches.
          <br />
          <span class="muted">
            Of many healthy calls only some are shown, and of old datagrams none.
          </span>
        </p>
      ) : (
        <p>No datagrams yet.</p>
      )}
    </div>
  );
}

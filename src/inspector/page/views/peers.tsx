/** Peers view: all peers in a list that can be searched and sorted, and one of them in detail. */
import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { useLiveSession } from '../components/page-context.js';
import { PeerDetail } from '../components/peer-detail.js';
import { PeerList } from '../components/peer-list.js';
import { openPeer, pickedEndpoints, search, timeRange } from '../live/view-state.js';
import { countText } from '../store/format.js';
import type { PeerChoice, PeerSort } from '../store/peer-order.js';
import { PEER_SORTS, PeerOrder, REFRESH_MS } from '../store/peer-order.js';
import { searchTest } from '../store/search.js';
import { pairsOf } from '../store/side-pairs.js';

const sort = signal<PeerSort>('trouble');
const reversed = signal(false);
const text = signal('');

export function PeersView(): VNode {
  const session = useLiveSession();
  const { store } = session;
  const { value: searched } = search;
  // Whom a search finds changes with the calls.
  const period = searched.trim() === '' ? 0 : Math.floor(session.nowMs() / REFRESH_MS);
  const choice: PeerChoice = useMemo(
    () => ({
      sort: sort.value,
      reversed: reversed.value,
      text: text.value,
      picked: pickedEndpoints.value,
      pairs:
        searched.trim() === '' ? undefined : pairsOf(store.recentSides(), searchTest(searched)),
      range: timeRange.value,
    }),
    [
      ...[sort.value, reversed.value, text.value],
      ...[pickedEndpoints.value, searched, timeRange.value, period],
    ],
  );
  const order = useRef(new PeerOrder());
  const listed = order.current.listed(store, choice, session.nowMs());
  const chosen = store.peer(openPeer.value ?? '');
  const open = chosen?.latest === undefined ? listed[0] : chosen;
  if (open === undefined && store.peers.length === 0) {
    return (
      <div class="empty empty-page">
        <p>No peers yet.</p>
      </div>
    );
  }
  return (
    <section class="peers" aria-label="Peers">
      <div class="peer-side">
        <Tools listed={listed.length} />
        <PeerList peers={listed} open={open} />
      </div>
      {open === undefined ? (
        <p class="peer-detail muted">No peer is found.</p>
      ) : (
        <PeerDetail peer={open} />
      )}
    </section>
  );
}

function Tools({ listed }: { listed: number }): VNode {
  return (
    <div class="peer-tools">
      <input
        type="search"
        class="picker-search"
        placeholder="Address, endpoint, health"
        aria-label="Search the peers"
        data-testid="peer-search"
        spellcheck={false}
        value={text.value}
        onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      />
      <span class="peer-tools-line">
        <select
          class="choice"
          aria-label="Order of the peers"
          data-testid="peer-sort"
          value={sort.value}
          onChange={({ currentTarget }) => (sort.value = currentTarget.value as PeerSort)}
        >
          {Object.entries(PEER_SORTS).map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button"
          aria-pressed={reversed.value}
          data-testid="peer-reversed"
          onClick={() => (reversed.value = !reversed.value)}
        >
          reversed
        </button>
        <span class="muted num right" data-testid="peers-listed" data-count={listed}>
          {countText(listed)}
        </span>
      </span>
    </div>
  );
}

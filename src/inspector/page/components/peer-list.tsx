/** Peer list: peers of which only the visible ones are drawn. Arrow keys open the next one. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { openPeer } from '../live/view-state.js';
import type { PeerState } from '../store/endpoint-state.js';
import { durationText } from '../store/format.js';
import { pairKey } from '../store/side-pairs.js';
import { useSession } from './page-context.js';
import { StateMark } from './state-mark.js';
import { VirtualList } from './virtual-list.js';

const ROW_HEIGHT = 72;
const PAGE_ROWS = 8;

/** How far a key moves in the list. */
const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE_ROWS,
  PageUp: -PAGE_ROWS,
  Home: -Infinity,
  End: Infinity,
};

export function PeerList(props: {
  peers: readonly PeerState[];
  open: PeerState | undefined;
}): VNode {
  const { peers, open } = props;
  const at = open === undefined ? -1 : peers.indexOf(open);
  // The list moves with the keys, and not when others change their places.
  const [reveal, setReveal] = useState(at);
  const move = (event: KeyboardEvent) => {
    const by = MOVES[event.key];
    if (by === undefined || peers.length === 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(peers.length - 1, at + by));
    const peer = peers[next];
    if (peer === undefined) return;
    openPeer.value = pairKey(peer);
    setReveal(next);
  };
  return (
    <VirtualList
      count={peers.length}
      rowHeight={ROW_HEIGHT}
      label="Peers"
      role="listbox"
      active={at === -1 ? undefined : optionId(at)}
      reveal={reveal}
      onScroll={() => undefined}
      onKeyDown={move}
      scrolledToTop={false}
      row={(index) => {
        const peer = peers[index];
        if (peer === undefined) return null;
        return <PeerItem peer={peer} index={index} isOpen={peer === open} of={peers.length} />;
      }}
    />
  );
}

function optionId(index: number): string {
  return `peer-${index}`;
}

function PeerItem(props: { peer: PeerState; index: number; of: number; isOpen: boolean }): VNode {
  const { peer, index, of, isOpen } = props;
  const { endpoints } = useSession().store;
  const { latest, address, endpoint } = peer;
  return (
    <div
      class="peer-item"
      role="option"
      id={optionId(index)}
      aria-selected={isOpen}
      aria-posinset={index + 1}
      aria-setsize={of}
      data-testid="peer"
      data-peer={address}
      data-endpoint={endpoint}
      onClick={() => (openPeer.value = pairKey(peer))}
    >
      <span class="peer-address num cut" title={address}>
        {address}
      </span>
      <span class="muted cut">as seen by {endpoints.get(endpoint)?.name ?? endpoint}</span>
      <span class="peer-item-state">
        <StateMark state={latest?.health ?? 'unknown'} />
        <span class="num muted">{durationText(latest?.roundTripMs ?? NaN)}</span>
      </span>
    </div>
  );
}

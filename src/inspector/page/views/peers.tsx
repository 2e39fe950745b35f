/** Peers view: the health of each peer, its load, and its round-trip times. */
import type { ComponentChildren, VNode } from 'preact';
import { useLiveSession, useSession } from '../components/page-context.js';
import { ProcedureTable } from '../components/procedure-table.js';
import { lazy } from '../components/lazy.js';
import { StateMark } from '../components/state-mark.js';
import { openPeer } from '../live/view-state.js';
import { pathOf } from '../store/chart-path.js';
import type { PeerState } from '../store/endpoint-state.js';
import { countOf, countText, durationText } from '../store/format.js';

const StateChart = lazy(async () => (await import('../components/state-chart.js')).StateChart);
const RoundTripPlot = lazy(
  async () => (await import('../components/round-trip-plot.js')).RoundTripPlot,
);

/** A longer list would not be readable. */
const MAX_LISTED = 200;

export function PeersView(): VNode {
  const session = useLiveSession();
  const peers = session.store.peers.filter(({ latest }) => latest !== undefined);
  const shown = peers.find((peer) => keyOf(peer) === openPeer.value) ?? peers[0];
  if (shown === undefined) {
    return (
      <div class="empty empty-page">
        <p>No peers yet.</p>
      </div>
    );
  }
  return (
    <section class="peers" aria-label="Peers">
      <nav class="peer-list" aria-label="Peers">
        {peers.slice(0, MAX_LISTED).map((peer) => (
          <PeerItem key={keyOf(peer)} peer={peer} current={peer === shown} />
        ))}
        {peers.length > MAX_LISTED && (
          <p class="muted">{countOf(peers.length - MAX_LISTED, 'more peer')}</p>
        )}
      </nav>
      <PeerDetail peer={shown} />
    </section>
  );
}

function PeerItem({ peer, current }: { peer: PeerState; current: boolean }): VNode {
  const { endpoints } = useSession().store;
  const { latest, address } = peer;
  return (
    <button
      type="button"
      class="peer-item"
      aria-current={current ? 'true' : undefined}
      data-testid="peer"
      data-peer={address}
      data-endpoint={peer.endpoint}
      onClick={() => (openPeer.value = keyOf(peer))}
    >
      <span class="peer-address num cut">{address}</span>
      <span class="muted cut">
        as seen by {endpoints.get(peer.endpoint)?.name ?? peer.endpoint}
      </span>
      <span class="peer-item-state">
        <StateMark state={latest?.health ?? 'unknown'} />
        <span class="num muted">{durationText(latest?.roundTripMs ?? NaN)}</span>
      </span>
    </button>
  );
}

function PeerDetail({ peer }: { peer: PeerState }): VNode {
  const { endpoints } = useSession().store;
  const { latest, address } = peer;
  const endpoint = endpoints.get(peer.endpoint);
  const chart = endpoint?.record.charts['peer'];
  const health = latest?.health ?? 'unknown';
  const procedures = (endpoint?.counts.last()?.procedures ?? []).filter(
    (one) => one.peer === address,
  );
  return (
    <div class="peer-detail" data-testid="peer-detail" data-health={health}>
      <header>
        <h2 class="num">
          {address} <StateMark state={health} />
        </h2>
        <p class="muted">
          as seen by <b>{endpoint?.name ?? peer.endpoint}</b>
          {latest !== undefined &&
            (latest.native ? '; an rpcudp endpoint' : '; not known to be an rpcudp endpoint')}
        </p>
      </header>
      {latest !== undefined && (
        <dl class="tiles">
          <Tile name="round trip" title="Smoothed; it decides when a request is sent again">
            {latest.roundTripMs === null ? '–' : durationText(latest.roundTripMs)}
          </Tile>
          <Tile name="window" title="Calls in the window, and how many it allows">
            {latest.inWindow}
            <small> of {latest.windowLimit}</small>
            <span class="bar-line" aria-hidden="true">
              <i
                style={{ width: `${(100 * latest.inWindow) / Math.max(1, latest.windowLimit)}%` }}
              />
            </span>
          </Tile>
          <Tile name="mailbox" title="Calls that wait for their turn">
            {countText(latest.queued)}
            <small> waiting</small>
          </Tile>
          <Tile name="in flight" title="Calls that were sent and have no outcome yet">
            {countText(latest.inFlight)}
          </Tile>
          <Tile name="running" title="Handlers of its requests that are running">
            {countText(latest.running)}
          </Tile>
        </dl>
      )}
      <div class="peer-columns">
        <section class="panel">
          <h3>Health</h3>
          {chart === undefined ? (
            <p class="muted">The endpoint has not sent its charts.</p>
          ) : (
            <StateChart chart={chart} path={{ ...pathOf(chart, [], health), visited: new Set() }} />
          )}
        </section>
        <div class="call-column">
          <section class="panel">
            <h3>Round-trip time</h3>
            <RoundTripPlot peer={peer} />
          </section>
          <section class="panel">
            <h3>Success by procedure</h3>
            <ProcedureTable procedures={procedures} />
          </section>
        </div>
      </div>
    </div>
  );
}

function Tile(props: { name: string; title: string; children: ComponentChildren }): VNode {
  return (
    <div class="tile" title={props.title}>
      <dt>{props.name}</dt>
      <dd class="num" data-testid={`tile-${props.name.replace(' ', '-')}`}>
        {props.children}
      </dd>
    </div>
  );
}

function keyOf({ endpoint, address }: PeerState): string {
  return `${endpoint} ${address}`;
}

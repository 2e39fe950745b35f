/** Peer detail: the health of a peer, its load, its round-trip times, and how calls to it ended. */
import type { ComponentChildren, VNode } from 'preact';
import { pathOf } from '../store/chart-path.js';
import type { PeerState } from '../store/endpoint-state.js';
import { countText, durationText } from '../store/format.js';
import { showCallsOf } from '../live/calls-of.js';
import { lazy } from './lazy.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';
import { ProcedureTable } from './procedure-table.js';
import { StateMark } from './state-mark.js';

const StateChart = lazy(async () => (await import('./state-chart.js')).StateChart);
const RoundTripPlot = lazy(async () => (await import('./round-trip-plot.js')).RoundTripPlot);

export function PeerDetail({ peer }: { peer: PeerState }): VNode {
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
          <Name text={address} /> <StateMark state={health} />
          <button
            type="button"
            class="link"
            data-testid="peer-calls"
            onClick={() => showCallsOf(peer.endpoint, address)}
          >
            its calls
          </button>
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
            <ProcedureTable
              procedures={procedures}
              onPick={(procedure) => showCallsOf(peer.endpoint, address, procedure)}
            />
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

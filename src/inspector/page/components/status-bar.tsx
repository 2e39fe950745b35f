/**
 * Status bar: the line below the head, with endpoints and their rates, the connection, and what is
 * not shown.
 */
import type { VNode } from 'preact';
import type { EndpointState } from '../store/endpoint-state.js';
import { countOf, countText, rateText } from '../store/format.js';
import { callsMade, rateOf } from '../store/rates.js';
import { Name } from './name.js';
import { useLiveSession, useSession } from './page-context.js';
import { StateMark } from './state-mark.js';

/** The most endpoints that fit into the line. */
const MAX_SHOWN = 6;

export function StatusBar(): VNode {
  const session = useLiveSession();
  const endpoints = [...session.store.endpoints.values()];
  // Open endpoints come first.
  const inOrder = endpoints.sort(
    (a, b) => Number(a.closed !== undefined) - Number(b.closed !== undefined),
  );
  return (
    <div class="status" role="status" aria-label="Endpoints and connection">
      <ul class="endpoints">
        {inOrder.slice(0, MAX_SHOWN).map((endpoint) => (
          <Endpoint key={endpoint.record.endpoint} endpoint={endpoint} nowMs={session.nowMs()} />
        ))}
        {inOrder.length > MAX_SHOWN && (
          <li class="muted">{countOf(inOrder.length - MAX_SHOWN, 'more endpoint')}</li>
        )}
      </ul>
      <Sampled endpoints={endpoints} />
      <Connection />
    </div>
  );
}

function Endpoint({ endpoint, nowMs }: { endpoint: EndpointState; nowMs: number }): VNode {
  const { record, condition, closed, name } = endpoint;
  const counts = endpoint.counts.items();
  const rate = (numberOf: Parameters<typeof rateOf>[1]) =>
    rateText(rateOf(counts, numberOf, nowMs));
  const words = `${record.address}, process ${record.processId}, rpcudp ${record.version}`;
  return (
    <li
      class="endpoint"
      data-testid="endpoint"
      data-endpoint={record.endpoint}
      data-condition={condition}
      title={closed?.error === undefined ? words : `${words}: ${closed.error}`}
    >
      <StateMark
        state={condition === 'lost' ? 'feedLost' : condition}
        bare={condition === 'live'}
      />
      <b class="endpoint-name">
        <Name text={name} />
      </b>
      {name !== record.address && <span class="muted mono endpoint-address">{record.address}</span>}
      {closed === undefined && counts.length > 0 && (
        <span class="rates">
          <Rate value={rate(callsMade)} unit="calls/s" />
          <Rate value={`↓${rate(({ stats }) => stats.framesReceived)}`} unit="in/s" />
          <Rate value={`↑${rate(({ stats }) => stats.framesAttempted)}`} unit="out/s" />
        </span>
      )}
    </li>
  );
}

function Rate({ value, unit }: { value: string; unit: string }): VNode {
  return (
    <span class="rate">
      <span class="rate-value">{value}</span> <span class="muted">{unit}</span>
    </span>
  );
}

/** How many healthy calls were counted but not shown. */
function Sampled({ endpoints }: { endpoints: readonly EndpointState[] }): VNode | null {
  let oneIn = 1;
  let counted = 0;
  for (const { counts } of endpoints) {
    const latest = counts.last();
    if (latest === undefined) continue;
    oneIn = Math.max(oneIn, latest.oneIn);
    counted += latest.skipped.calls + latest.skipped.handlers;
  }
  if (oneIn === 1 && counted === 0) return null;
  return (
    <span
      class="sampled"
      data-testid="sampled"
      title="Calls that go wrong are always shown. Of many healthy calls, only some are shown."
    >
      {oneIn > 1 ? `1 in ${oneIn} healthy calls shown` : 'all calls shown'}, {countText(counted)}{' '}
      counted but not shown
    </span>
  );
}

function Connection(): VNode {
  const { connection, source, paused, waiting } = useSession();
  if (source.value.kind === 'file') return <span class="connection">a recording</span>;
  const words = {
    connecting: 'connecting…',
    open: 'connected',
    broken: 'not connected; trying again',
    closed: 'on hold until the page has caught up',
  }[connection.value];
  return (
    <span class="connection" data-testid="connection" data-state={connection.value}>
      {paused.value && (
        <span class="paused" data-testid="paused">
          paused{waiting.value > 0 && `, ${countOf(waiting.value, 'batch', 'batches')} waiting`}
        </span>
      )}
      <i class={`dot dot-${connection.value}`} aria-hidden="true" />
      {words}
    </span>
  );
}

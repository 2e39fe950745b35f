/**
 * Status bar: the line below the head, with endpoints and their rates, how current all of it is, and
 * what is not shown.
 */
import type { VNode } from 'preact';
import type { EndpointCondition, EndpointState } from '../store/endpoint-state.js';
import { clockText, countOf, countText, rateText } from '../store/format.js';
import { callsMade, rateOf } from '../store/rates.js';
import type { Session } from '../live/session.js';
import { pickedEndpoints } from '../live/view-state.js';
import { EndpointPicker } from './endpoint-picker.js';
import { Name } from './name.js';
import { useLiveSession, useSession } from './page-context.js';
import { StateMark } from './state-mark.js';

/** The most endpoints that fit into the line. */
const MAX_SHOWN = 6;

export function StatusBar(): VNode {
  const session = useLiveSession();
  const picked = pickedEndpoints.value;
  const endpoints = [...session.store.endpoints.values()].filter(
    ({ record }) => picked.size === 0 || picked.has(record.endpoint),
  );
  // Open endpoints come first.
  const inOrder = endpoints.sort(
    (a, b) => Number(a.closed !== undefined) - Number(b.closed !== undefined),
  );
  return (
    <section class="status" aria-label="Endpoints and connection">
      <EndpointPicker />
      <ul class="endpoints">
        {inOrder.slice(0, MAX_SHOWN).map((endpoint) => (
          <Endpoint key={endpoint.record.endpoint} endpoint={endpoint} nowMs={session.nowMs()} />
        ))}
        {inOrder.length > MAX_SHOWN && (
          <li class="muted">{countOf(inOrder.length - MAX_SHOWN, 'more endpoint')}</li>
        )}
      </ul>
      <Missing count={session.missing} />
      <Sampled endpoints={endpoints} />
      <Connection />
    </section>
  );
}

function Endpoint({ endpoint, nowMs }: { endpoint: EndpointState; nowMs: number }): VNode {
  const session = useSession();
  const { record, closed, name } = endpoint;
  const condition = session.conditionOf(endpoint);
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
      {isHeard(condition) && counts.length > 0 && (
        <span class="rates">
          <Rate value={rate(callsMade)} unit="calls/s" />
          <Rate value={`↓${rate(({ stats }) => stats.received)}`} unit="in/s" />
          <Rate value={`↑${rate(({ stats }) => stats.sent)}`} unit="out/s" />
        </span>
      )}
    </li>
  );
}

/** Whether something is heard of an endpoint in this condition, so that its rates are current. */
function isHeard(condition: EndpointCondition): boolean {
  return condition === 'live' || condition === 'draining' || condition === 'closing';
}

function Rate({ value, unit }: { value: string; unit: string }): VNode {
  return (
    <span class="rate">
      <span class="rate-value">{value}</span> <span class="muted">{unit}</span>
    </span>
  );
}

/** How many calls there were before the page was opened that nobody has any more. */
function Missing({ count }: { count: number }): VNode | null {
  if (count === 0) return null;
  return (
    <span
      class="sampled"
      data-testid="missing"
      title="The inspector keeps the latest of each kind. These had made room before this page was opened."
    >
      {countOf(count, 'older call')} not kept
    </span>
  );
}

/** How many calls were counted but not shown. */
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
      title="Of many calls only some are shown whole: a sample, and of each kind of failure the first ones. All are counted."
    >
      {oneIn > 1 && `1 in ${oneIn} calls shown, `}
      {countText(counted)} counted but not shown
    </span>
  );
}

function Connection(): VNode {
  const session = useSession();
  const { paused, waiting, feedState } = session;
  return (
    <span class="connection" role="status" data-testid="connection" data-state={feedState.value}>
      {paused.value && (
        <span class="paused" data-testid="paused">
          paused{waiting.value > 0 && `, ${countOf(waiting.value, 'batch', 'batches')} waiting`}
        </span>
      )}
      <i class={`dot dot-${feedState.value}`} aria-hidden="true" />
      {connectionWords(session)}
    </span>
  );
}

function connectionWords(session: Session): string {
  const { connection, feedState, source, store } = session;
  if (source.value.kind === 'file' || feedState.value === 'recording') {
    return store.lastAtMs === undefined
      ? 'a recording'
      : `a recording, until ${clockText(store.lastAtMs)}`;
  }
  switch (connection.value) {
    case 'connecting':
      return 'connecting…';
    case 'broken':
      return `not connected since ${clockText(session.goneAtMs)}; trying again`;
    case 'closed':
      return 'on hold until the page has caught up';
    case 'open':
      return feedState.value === 'catchingUp' ? 'catching up…' : 'connected';
  }
}

/** Call view: a call with its chart, its timeline, its datagrams, and its other end. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { CallHead } from '../components/call-head.js';
import { CallValues } from '../components/call-values.js';
import { Comparison } from '../components/comparison.js';
import { Datagrams } from '../components/datagrams.js';
import { LaneHeads, SequencePicture } from '../components/sequence-picture.js';
import { lazy } from '../components/lazy.js';
import { Panel } from '../components/panel.js';
import { Timeline } from '../components/timeline.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { useSize } from '../components/use-size.js';
import { comparedSide } from '../live/comparison-state.js';
import { openSide, sequenceOf as chosen, show } from '../live/view-state.js';
import { pathOf } from '../store/chart-path.js';
import { countOf } from '../store/format.js';
import { sequenceOf } from '../store/sequence.js';
import { layOut } from '../store/sequence-layout.js';
import { keyOf, sideOf } from '../store/side-key.js';
import type { Side, Transaction } from '../store/transaction.js';

const StateChart = lazy(async () => (await import('../components/state-chart.js')).StateChart);

export function CallView(): VNode {
  const session = useLiveSession();
  const { store } = session;
  const key = openSide.value;
  const side = sideOf(store, key);
  const compared = sideOf(store, comparedSide.value);
  if (side !== undefined && compared !== undefined && compared !== side) {
    return <Comparison left={side} right={compared} />;
  }
  if (side !== undefined) return <OpenCall side={side} />;
  return (
    <div class="empty empty-page">
      <p>
        {key === undefined
          ? 'No call is open.'
          : session.isReading
            ? '…'
            : 'This call is not kept.'}
        <br />
        <span class="muted">
          Click a call in the table, or select it with j and k and press Enter.
        </span>
      </p>
      <button type="button" class="button" onClick={() => show('calls')}>
        Go to the calls
      </button>
    </div>
  );
}

function OpenCall({ side }: { side: Side }): VNode {
  const { endpoints } = useSession().store;
  const { transaction, record, kind, state, steps } = side;
  const chart = endpoints.get(record.endpoint)?.record.charts[kind];
  const others = transaction.sides.filter((one) => one !== side);
  return (
    <article class="call" aria-label="Call" data-testid="call" data-state={state}>
      <CallHead side={side} />
      <div class="call-columns">
        <div class="call-column">
          <Panel title="State chart">
            {chart === undefined ? (
              <p class="muted">The endpoint has not sent its charts.</p>
            ) : (
              <StateChart chart={chart} path={pathOf(chart, steps, state)} kind={kind} />
            )}
          </Panel>
          <CallValues side={side} />
        </div>
        <div class="call-column">
          <Panel title={kind === 'handler' ? 'What happened to the request' : 'What happened'}>
            <Timeline side={side} initial={chart?.initial ?? ''} />
          </Panel>
          {others.map((other) => (
            <OtherEnd key={`${other.record.endpoint} ${other.record.actor}`} side={other} />
          ))}
        </div>
      </div>
      <OnTheWire transaction={transaction} />
      <Panel title="Datagrams">
        <Datagrams frames={transaction.frames} />
      </Panel>
    </article>
  );
}

function OtherEnd({ side }: { side: Side }): VNode {
  const { endpoints } = useSession().store;
  const { record, kind } = side;
  const endpoint = endpoints.get(record.endpoint);
  const initial = endpoint?.record.charts[kind]?.initial ?? '';
  return (
    <Panel
      title={`The other end: the ${kind} at ${endpoint?.name ?? record.endpoint}`}
      testId="other-end"
      action={
        <button type="button" class="link" onClick={() => (openSide.value = keyOf(side))}>
          open
        </button>
      }
    >
      <Timeline side={side} initial={initial} />
    </Panel>
  );
}

function OnTheWire({ transaction }: { transaction: Transaction }): VNode {
  const session = useSession();
  const { endpoints, aliases } = session.store;
  const element = useRef<HTMLDivElement>(null);
  const { width } = useSize(element);
  const { lanes, arrows } = sequenceOf(transaction.frames, {
    endpoints,
    aliases,
    nowMs: session.nowMs(),
  });
  const layout = layOut(arrows);
  return (
    <Panel
      title={`On the wire: ${countOf(arrows.length, 'frame')}`}
      action={
        <button
          type="button"
          class="link"
          data-testid="open-sequence"
          onClick={() => {
            chosen.value = transaction.id;
            show('sequence');
          }}
        >
          open as sequence
        </button>
      }
    >
      <div ref={element} class="call-sequence">
        {arrows.length > 0 && width > 0 && (
          <>
            <LaneHeads lanes={lanes} endpoints={endpoints} width={width} />
            <SequencePicture
              lanes={lanes}
              layout={layout}
              endpoints={endpoints}
              width={width}
              top={0}
              bottom={layout.height}
            />
          </>
        )}
      </div>
    </Panel>
  );
}

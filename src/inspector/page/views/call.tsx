/** Call view: a call with its chart, its timeline, its datagrams, and its other end. */
import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { RecordOf } from '../../record.js';
import { CopyButton } from '../components/copy-button.js';
import { Datagrams } from '../components/datagrams.js';
import { Icon } from '../components/icon.js';
import { LaneHeads, SequencePicture } from '../components/sequence-picture.js';
import { lazy } from '../components/lazy.js';
import { SearchValue } from '../components/search-value.js';
import { StateMark } from '../components/state-mark.js';
import { Timeline } from '../components/timeline.js';
import { Values } from '../components/values.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { useSize } from '../components/use-size.js';
import { fullTimeText, timeText } from '../live/time-style.js';
import { openSide, sequenceOf as chosen, show } from '../live/view-state.js';
import { pathOf } from '../store/chart-path.js';
import { countOf, durationText } from '../store/format.js';
import { sequenceOf } from '../store/sequence.js';
import { layOut } from '../store/sequence-layout.js';
import { shellLine } from '../store/shell.js';
import { keyOf, sideOf } from '../store/side-key.js';
import { timedOut } from '../store/side-reducer.js';
import type { Side, Transaction } from '../store/transaction.js';

const StateChart = lazy(async () => (await import('../components/state-chart.js')).StateChart);

export function CallView(): VNode {
  const session = useLiveSession();
  const key = openSide.value;
  const side = sideOf(session.store, key);
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
          <Panel title="Values" last>
            <Values side={side} />
          </Panel>
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

/** Who did what to whom. */
const WHO: Readonly<
  Record<Side['kind'], readonly ['endpoint' | 'peer', string, 'endpoint' | 'peer']>
> = {
  call: ['endpoint', 'called', 'peer'],
  notification: ['endpoint', 'notified', 'peer'],
  handler: ['peer', 'asked', 'endpoint'],
};

function CallHead({ side }: { side: Side }): VNode {
  const { record, kind, state, attempts, elapsedMs, note, endpointName } = side;
  const { transactionId, peer, procedure, atMs } = record;
  const [before, between, after] = WHO[kind];
  const names = { endpoint: endpointName, peer };
  const command = (record as RecordOf<'call'>).command;
  return (
    <header class="call-head">
      <button
        type="button"
        class="button"
        aria-label="Back to the calls"
        onClick={() => show('calls')}
      >
        <Icon name="back" />
      </button>
      <div class="call-title">
        <h2>
          <span class="call-procedure">
            <SearchValue field="procedure" value={procedure} />
          </span>
          <SearchValue field="state" value={state}>
            <StateMark state={state} kind={kind} />
          </SearchValue>
        </h2>
        <p class="call-line muted">
          <SearchValue field={before} value={names[before]} /> {between}{' '}
          <SearchValue field={after} value={names[after]} />,{' '}
          <time title={fullTimeText(atMs)}>{timeText(atMs)}</time>
          {elapsedMs !== undefined && (
            <>
              , <b>{durationText(elapsedMs)}</b> {kind === 'call' ? 'round trip' : 'running'}
            </>
          )}
          {kind === 'call' &&
            attempts > 0 &&
            `, ${attempts === 1 ? 'sent once' : `sent ${attempts} times`}`}
        </p>
        {note !== '' && (
          <p
            class={timedOut(side) ? 'verdict verdict-bad' : 'verdict'}
            data-testid="verdict"
            title={note}
          >
            {sentence(verdictOf(side))}
          </p>
        )}
      </div>
      <div class="call-buttons">
        {command !== undefined && (
          <CopyButton
            text={shellLine(['npx', 'rpcudp', ...command])}
            label="Copy as npx rpcudp call …"
            testId="copy-command"
          />
        )}
        <CopyButton text={transactionId} label={transactionId.slice(0, 8)} testId="copy-id" />
      </div>
    </header>
  );
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The verdict of the time-out stays visible when a late answer has come. */
function verdictOf({ steps, note }: Side): string {
  const timedOut = steps.find(({ state }) => state === 'timedOut')?.because;
  if (timedOut === undefined || timedOut === note) return note;
  return `${timedOut.replace(/\.$/, '')}; ${note}`;
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

function Panel(props: {
  title: string;
  children: ComponentChildren;
  action?: VNode;
  testId?: string;
  last?: boolean;
}): VNode {
  const { title, children, action, testId, last = false } = props;
  return (
    <section class={last ? 'panel panel-last' : 'panel'} data-testid={testId}>
      <h3>
        <span>{title}</span>
        {action}
      </h3>
      {children}
    </section>
  );
}

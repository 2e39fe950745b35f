/** Call view: a call with its chart, its timeline, its datagrams, and its other end. */
import type { ComponentChildren, VNode } from 'preact';
import { useRef } from 'preact/hooks';
import type { RecordOf } from '../../record.js';
import { CopyButton } from '../components/copy-button.js';
import { Datagrams } from '../components/datagrams.js';
import { Icon } from '../components/icon.js';
import { LaneHeads, SequencePicture } from '../components/sequence-picture.js';
import { lazy } from '../components/lazy.js';
import { MadeBy } from '../components/made-by.js';
import { StateMark } from '../components/state-mark.js';
import { Timeline } from '../components/timeline.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { useSize } from '../components/use-size.js';
import { keyOf, openSide, sequenceOf as chosen, show } from '../live/view-state.js';
import { pathOf } from '../store/chart-path.js';
import { clockText, countOf, durationText } from '../store/format.js';
import { sequenceOf } from '../store/sequence.js';
import { layOut } from '../store/sequence-layout.js';
import { shellLine } from '../store/shell.js';
import { timedOut } from '../store/side-reducer.js';
import type { Side, Transaction } from '../store/transaction.js';
import { valueLines } from '../store/value-text.js';

const StateChart = lazy(async () => (await import('../components/state-chart.js')).StateChart);

export function CallView(): VNode {
  const session = useLiveSession();
  const key = openSide.value;
  const side = session.store
    .transaction(key?.transactionId ?? '')
    ?.sides.find(({ record }) => record.endpoint === key?.endpoint && record.actor === key.actor);
  if (side !== undefined) return <OpenCall side={side} />;
  return (
    <div class="empty empty-page">
      <p>
        {key === undefined ? 'No call is open.' : 'This call is no longer kept.'}
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
          <Values side={side} />
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

const WHO: Readonly<Record<Side['kind'], (name: string, peer: string) => string>> = {
  call: (name, peer) => `${name} called ${peer}`,
  notification: (name, peer) => `${name} notified ${peer}`,
  handler: (name, peer) => `${peer} asked ${name}`,
};

function CallHead({ side }: { side: Side }): VNode {
  const { endpoints } = useSession().store;
  const { record, kind, state, attempts, elapsedMs, note } = side;
  const { transactionId, peer, procedure, endpoint, atMs } = record;
  const name = endpoints.get(endpoint)?.name ?? endpoint;
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
          <span class="call-procedure">{procedure}</span>
          <StateMark state={state} kind={kind} />
        </h2>
        <p class="call-line muted">
          {WHO[kind](name, peer)} at {clockText(atMs)}
          {elapsedMs !== undefined && (
            <>
              , <b>{durationText(elapsedMs)}</b> {kind === 'call' ? 'round trip' : 'running'}
            </>
          )}
          {kind === 'call' &&
            attempts > 0 &&
            `, ${attempts === 1 ? 'sent once' : `sent ${attempts} times`}`}
          <MadeBy side={side} />
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
            text={shellLine(['rpcudp', ...command])}
            label="Copy as rpcudp call …"
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

function Values({ side }: { side: Side }): VNode {
  const { record, steps } = side;
  const last = steps.findLast(
    ({ outcome, value, error }) =>
      outcome !== undefined || value !== undefined || error !== undefined,
  );
  const values: [string, unknown][] = [['Arguments', record.args]];
  if (record.headers !== undefined) values.push(['Headers', record.headers]);
  for (const { outcome, value, error, headers } of steps) {
    if (value !== undefined && outcome === undefined) values.push(['Value', value]);
    if (error !== undefined && outcome === undefined) values.push(['Error', error]);
    if (headers !== undefined) values.push(['Reply headers', headers]);
  }
  const outcome = last?.outcome ?? steps.find((step) => step.outcome !== undefined)?.outcome;
  if (outcome !== undefined) values.push(['Outcome', outcome]);
  return (
    <Panel title="Values" last>
      <dl class="values">
        {values.map(([name, value]) => (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd>
              <pre tabIndex={0} data-testid={`value-${name.toLowerCase().replace(' ', '-')}`}>
                {valueLines(value)}
              </pre>
            </dd>
          </div>
        ))}
      </dl>
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

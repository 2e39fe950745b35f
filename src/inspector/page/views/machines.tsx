/** Machines view: users' own actors, with chart, context and events, and the calls that they made. */
import type { ComponentChildren, VNode } from 'preact';
import { ActorStatus } from '../components/actor-status.js';
import { ActorTree } from '../components/actor-tree.js';
import { lazy } from '../components/lazy.js';
import { useLiveSession, useSession } from '../components/page-context.js';
import { StateMark } from '../components/state-mark.js';
import { StepList } from '../components/step-list.js';
import { openActor, openCall, openMachine, openStep } from '../live/view-state.js';
import { actorName, logicWords } from '../store/actor-names.js';
import { clockText, countOf, durationText } from '../store/format.js';
import { invokeSources } from '../store/machine-words.js';
import { Value } from '../components/value.js';
import { contextAt } from '../store/machines.js';
import type { ActorState } from '../store/machines.js';
import type { Side } from '../store/transaction.js';

const MachineChart = lazy(
  async () => (await import('../components/machine-chart.js')).MachineChart,
);

/** A longer list would not be readable. */
const MAX_CALLS = 100;

export function MachinesView(): VNode {
  const session = useLiveSession();
  const { machines } = session.store;
  const [first] = machines.actors;
  if (first === undefined) return <Empty />;
  const shown = machines.actor(openActor.value);
  return (
    <section class="machines" aria-label="Machines">
      <ActorTree machines={machines} shown={shown ?? first} />
      {shown === undefined && openActor.value !== undefined ? (
        <p class="actor-detail muted">This actor is no longer kept.</p>
      ) : (
        <ActorDetail actor={shown ?? first} />
      )}
    </section>
  );
}

function Empty(): VNode {
  const session = useSession();
  if (session.isReading) return <p class="empty muted">…</p>;
  return (
    <div class="empty empty-page">
      <p>
        No actors yet. Your own XState machines appear here, with the calls that they make.
        <br />
        <span class="muted">Give them to the inspector:</span>
      </p>
      <pre class="machines-how">{`serveInspector(endpoint, { actors: [actor] })
createActor(machine, { inspect: inspector.inspect })`}</pre>
    </div>
  );
}

/** It changes although the actor is the same, so it follows the session itself. */
function ActorDetail({ actor }: { actor: ActorState }): VNode {
  const { machines } = useLiveSession().store;
  const { record, program, steps } = actor;
  const machine = record.machine === undefined ? undefined : program.machines.get(record.machine);
  const chosen = steps.findIndex(({ seq }) => seq === openStep.value);
  const at = chosen === -1 ? steps.length - 1 : chosen;
  const step = steps[at];
  const made = machines.madeBy(actor);
  return (
    <article
      class="actor-detail"
      aria-label="Actor"
      data-testid="actor-detail"
      data-states={step?.states?.join(' ')}
    >
      <Head actor={actor} />
      {chosen !== -1 && (
        <p class="notice actor-then" data-testid="actor-then">
          As it was after an earlier event.
          <button type="button" class="button" onClick={() => (openStep.value = undefined)}>
            Show it as it is now
          </button>
        </p>
      )}
      <div class="call-columns">
        <div class="call-column">
          {machine !== undefined && (
            <Panel title="State chart">
              <MachineChart chart={machine.chart} step={step} />
            </Panel>
          )}
          <NamedValue name="Context" value={contextAt(steps, at)} />
          <NamedValue name="Event" value={step?.payload} />
          <NamedValue name="Output" value={step?.output} />
          <NamedValue name="Error" value={step?.error} />
        </div>
        <div class="call-column">
          <Panel title="Events">
            <StepList actor={actor} machines={machines} sources={invokeSources(machine?.chart)} />
          </Panel>
          <Panel title={`Calls that it made: ${made.length}`}>
            <Calls made={made} />
          </Panel>
        </div>
      </div>
    </article>
  );
}

function Head({ actor }: { actor: ActorState }): VNode {
  const { parent, program, steps, record } = actor;
  return (
    <header>
      <h2 class="actor-title">
        {actorName(actor)} <ActorStatus actor={actor} />
      </h2>
      <p class="muted">
        {logicWords(actor)}
        {parent !== undefined && (
          <>
            , child of{' '}
            <button
              type="button"
              class="link"
              data-testid="parent"
              onClick={() => openMachine(parent.key)}
            >
              {actorName(parent)}
            </button>
          </>
        )}
        , in {program.record.name}, process {program.record.processId}, since{' '}
        {clockText(steps[0]?.atMs ?? record.atMs)}
      </p>
    </header>
  );
}

function Calls({ made }: { made: readonly Side[] }): VNode {
  if (made.length === 0) return <p class="muted">None that are kept.</p>;
  const newestFirst = made.slice(-MAX_CALLS).reverse();
  return (
    <>
      <ul class="made" data-testid="made">
        {newestFirst.map((side) => (
          <li key={side.number}>
            <button
              type="button"
              class="made-call"
              data-testid="made-call"
              data-state={side.state}
              onClick={() => openCall(side)}
            >
              <StateMark state={side.state} kind={side.kind} />
              <b class="cut">{side.record.procedure}</b>
              <span class="num muted cut">{side.record.peer}</span>
              <span class="num muted">{durationText(side.elapsedMs ?? NaN)}</span>
            </button>
          </li>
        ))}
      </ul>
      {made.length > MAX_CALLS && (
        <p class="muted">{countOf(made.length - MAX_CALLS, 'older one')} not listed</p>
      )}
    </>
  );
}

function NamedValue({ name, value }: { name: string; value: unknown }): VNode | null {
  if (value === undefined) return null;
  return (
    <Panel title={name}>
      <Value value={value} testId={`actor-${name.toLowerCase()}`} />
    </Panel>
  );
}

function Panel({ title, children }: { title: string; children: ComponentChildren }): VNode {
  return (
    <section class="panel">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

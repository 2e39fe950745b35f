/** Step list: the events that a user's actor took, the newest first, one of which is looked at. */
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { openStep } from '../live/view-state.js';
import { actorName } from '../store/actor-names.js';
import { useLiveSession } from './page-context.js';
import { clockText, countOf } from '../store/format.js';
import { eventWords } from '../store/machine-words.js';
import type { ActorState, Machines } from '../store/machines.js';
import type { RecordOf } from '../../record.js';
import { valueText } from '../store/value-text.js';

type Step = RecordOf<'actor.step'>;

export function StepList({
  actor,
  machines,
  sources,
}: {
  actor: ActorState;
  machines: Machines;
  sources: ReadonlyMap<string, string>;
}): VNode {
  // Its actor changes, but is the same.
  useLiveSession();
  const list = useRef<HTMLOListElement>(null);
  const { steps, stepsDropped } = actor;
  const newestFirst = steps.toReversed();
  const shown = Math.max(
    0,
    newestFirst.findIndex(({ seq }) => seq === openStep.value),
  );
  const look = (index: number) => {
    const step = newestFirst[index];
    if (step === undefined) return;
    // At the newest, it follows what comes.
    openStep.value = index === 0 ? undefined : step.seq;
    const item = list.current?.children[index];
    if (item instanceof HTMLElement) item.scrollIntoView({ block: 'nearest' });
  };
  const press = (event: KeyboardEvent) => {
    const to = {
      ArrowDown: shown + 1,
      ArrowUp: shown - 1,
      Home: 0,
      End: newestFirst.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    look(to);
  };
  return (
    <>
      <ol
        ref={list}
        class="steps"
        role="listbox"
        tabIndex={0}
        aria-label="Events, newest first"
        aria-activedescendant={`step-${shown}`}
        data-testid="steps"
        onKeyDown={press}
      >
        {newestFirst.map((step, index) => (
          <li
            key={step.seq}
            id={`step-${index}`}
            class="step"
            role="option"
            aria-selected={index === shown}
            data-testid="step"
            data-event={step.event}
            onClick={() => look(index)}
          >
            <time class="num muted">{clockText(step.atMs)}</time>
            <span class="step-what">
              <b>{eventWords(step.event, sources)}</b>
              <From step={step} actor={actor} machines={machines} />
              {step.states !== undefined && (
                <span class="step-states muted">{step.states.join(', ')}</span>
              )}
              {step.payload !== undefined && (
                <code class="step-payload cut">{valueText(step.payload, 160)}</code>
              )}
            </span>
          </li>
        ))}
      </ol>
      {stepsDropped > 0 && (
        <p class="muted" data-testid="steps-dropped">
          {countOf(stepsDropped, 'older or skipped one')} not kept
        </p>
      )}
    </>
  );
}

function From(props: { step: Step; actor: ActorState; machines: Machines }): VNode | null {
  const { step, actor, machines } = props;
  if (step.sender === undefined || step.sender === step.session) return null;
  const sender = machines.actor(`${step.endpoint} ${step.sender}`);
  if (sender === undefined || sender === actor.parent) return null;
  return <span class="muted"> from {actorName(sender)}</span>;
}

/** Comparison: two calls side by side, and where they differ. */
import type { VNode } from 'preact';
import { comparedSide } from '../live/comparison-state.js';
import { openCall } from '../live/view-state.js';
import type { ComparedMoment } from '../store/comparison.js';
import { comparedFacts, comparedMoments } from '../store/comparison.js';
import { clockText, countOf, durationText } from '../store/format.js';
import type { Moment } from '../store/timeline.js';
import { timelineOf } from '../store/timeline.js';
import type { Side } from '../store/transaction.js';
import { Name } from './name.js';
import { useSession } from './page-context.js';
import { Panel } from './panel.js';
import { StateMark } from './state-mark.js';

export function Comparison({ left, right }: { left: Side; right: Side }): VNode {
  const { endpoints } = useSession().store;
  const facts = comparedFacts(left, right, (key) => endpoints.get(key)?.name ?? key);
  const differing = facts.filter(({ differs }) => differs).length;
  return (
    <article class="call" aria-label="Two calls side by side" data-testid="comparison">
      <header class="call-head">
        <div class="call-title">
          <h2>Two calls side by side</h2>
          <p class="muted" data-testid="differences">
            {differing === 0
              ? 'They differ in nothing but their times.'
              : `They differ in ${countOf(differing, 'point')}.`}
          </p>
        </div>
        <button
          type="button"
          class="button"
          data-testid="stop-comparing"
          onClick={() => (comparedSide.value = undefined)}
        >
          Stop comparing
        </button>
      </header>
      <Panel title="What they are">
        <div class="wide-table">
          <table class="compared">
            <Heads left={left} right={right} />
            <tbody>
              {facts.map(({ name, differs, ...fact }) => (
                <tr
                  key={name}
                  class={differs ? 'compared-differs' : undefined}
                  data-testid="fact"
                  data-fact={name}
                  data-differs={differs}
                >
                  <th scope="row">
                    {name}
                    {differs && <span aria-label="differs"> ≠</span>}
                  </th>
                  <td>
                    <Name text={fact.left} />
                  </td>
                  <td>
                    <Name text={fact.right} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      <Panel title="What happened, and when after its beginning">
        <div class="wide-table">
          <table class="compared">
            <Heads left={left} right={right} />
            <tbody>
              {momentsOf(left, right).map((moment, index) => (
                <MomentRow key={index} moment={moment} />
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
    </article>
  );
}

function momentsOf(left: Side, right: Side): ComparedMoment[] {
  return comparedMoments(timelineOf(left, ''), timelineOf(right, ''));
}

function Heads({ left, right }: { left: Side; right: Side }): VNode {
  return (
    <thead>
      <tr>
        <th aria-label="what" />
        {[left, right].map((side) => (
          <th key={side.number} scope="col">
            <button
              type="button"
              class="link"
              data-testid="open-compared"
              onClick={() => {
                comparedSide.value = undefined;
                openCall(side);
              }}
            >
              {side.record.transactionId.slice(0, 8)}
            </button>{' '}
            <span class="num">{clockText(side.record.atMs)}</span>{' '}
            <StateMark state={side.state} kind={side.kind} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

function MomentRow({ moment }: { moment: ComparedMoment }): VNode {
  const { title, left, right } = moment;
  const both = left !== undefined && right !== undefined;
  return (
    <tr class={both ? undefined : 'compared-differs'} data-testid="compared-moment">
      <th scope="row">
        <Name text={title} />
        {!both && <span aria-label="only one of them"> ≠</span>}
      </th>
      <At moment={left} />
      <At moment={right} than={left} />
    </tr>
  );
}

/** When it happened, and how much later or earlier than at the other call. */
function At({ moment, than }: { moment: Moment | undefined; than?: Moment | undefined }): VNode {
  if (moment === undefined) {
    return (
      <td class="faint">
        <span aria-label="did not happen">–</span>
      </td>
    );
  }
  const { sinceMs, detail } = moment;
  return (
    <td>
      <span class="num">+{durationText(sinceMs)}</span>
      {than !== undefined && sinceMs !== than.sinceMs && (
        <span class="muted num"> {offsetText(sinceMs - than.sinceMs)}</span>
      )}
      {detail !== '' && (
        <span class="moment-detail">
          <Name text={detail} />
        </span>
      )}
    </td>
  );
}

function offsetText(ms: number): string {
  return `(${durationText(Math.abs(ms))} ${ms > 0 ? 'later' : 'earlier'})`;
}

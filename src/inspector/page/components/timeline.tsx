/** Timeline: what happened to a call or a handler, step by step. */
import type { VNode } from 'preact';
import { fullTimeText, shortTimeText } from '../live/time-style.js';
import { countOf, durationText } from '../store/format.js';
import { timelineOf } from '../store/timeline.js';
import type { Side } from '../store/transaction.js';
import { Name } from './name.js';
import { StateMark } from './state-mark.js';

export function Timeline({ side, initial }: { side: Side; initial: string }): VNode {
  return (
    <ol class="timeline" data-testid="timeline" data-kind={side.kind}>
      {timelineOf(side, initial).map(({ step, atMs, sinceMs, title, detail, state }) => (
        <li class="moment" key={step ?? 0} data-testid="moment" data-state={state}>
          <span class="moment-step">{step ?? ''}</span>
          <time class="num muted" title={fullTimeText(atMs)}>
            {step === undefined ? shortTimeText(atMs) : `+${durationText(sinceMs)}`}
          </time>
          <span class="moment-what">
            <b>
              <Name text={title} />
            </b>
            {detail !== '' && (
              <span class="moment-detail">
                <Name text={detail} />
              </span>
            )}
          </span>
          <StateMark state={state} />
        </li>
      ))}
      {side.stepsDropped > 0 && (
        <li class="muted">and {countOf(side.stepsDropped, 'more event')}, not kept</li>
      )}
    </ol>
  );
}

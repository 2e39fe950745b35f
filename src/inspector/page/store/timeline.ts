/** Timeline: what happened to a call or a handler, in words, with the time since it began. */
import { printable } from '../../../legible/printable.js';
import { rowOf } from '../../../vocabulary.js';
import type { RecordOf } from '../../record.js';
import { durationText } from './format.js';
import { errorText } from './side-reducer.js';
import type { Side } from './transaction.js';
import { valueText } from './value-text.js';
import { verdictWords } from './verdict-words.js';

export interface Moment {
  /** The step's number on the lines of the chart; undefined for the beginning. */
  readonly step: number | undefined;
  readonly atMs: number;
  readonly sinceMs: number;
  /** What happened. */
  readonly title: string;
  /** More about it. */
  readonly detail: string;
  /** The state after it. */
  readonly state: string;
}

/** What an event means, for people who do not know the machines. */
const EVENTS: Readonly<Record<string, string>> = {
  transmitted: 'request sent',
  accepted: 'taken by the system',
  restored: 'goes on with the call of an earlier process',
  retransmitted: 'request sent again',
  working: 'the peer is still working',
  answered: 'answer',
  failed: 'error',
  expired: 'timed out',
  cancel: 'cancelled by the caller',
  refused: 'refused',
  lingered: 'no answer came at all',
  withdrawn: 'not sent: its time was over',
  moved: 'goes to another address of its name',
  overdue: 'the answer takes longer than usual',
  answeredElsewhere: 'an answer from another address, not taken',
  started: 'procedure started',
  replied: 'reply sent',
  finished: 'ended; nobody is answered',
  dropped: 'dropped',
  replaced: 'a newer one took its place',
  cancelled: 'the caller cancelled it',
  duplicated: 'the request arrived again',
  abandoned: 'the endpoint closed and did not wait',
};

/**
 * The meaning of an event of a call or a handler; undefined for an event that is not known here.
 */
export function eventWords(event: string): string | undefined {
  return rowOf(EVENTS, event);
}

/** The moments of a side, oldest first. */
export function timelineOf(side: Side, chartInitial: string): Moment[] {
  const { record, kind } = side;
  const call = kind === 'call' ? (record as RecordOf<'call'>) : undefined;
  const isHandler = kind === 'handler';
  const beginning: Moment = {
    step: undefined,
    atMs: record.atMs,
    sinceMs: 0,
    title: isHandler ? 'request arrived' : call === undefined ? 'notified' : 'called',
    detail:
      call === undefined
        ? `${isHandler ? 'from' : 'to'} ${record.peer}`
        : `${durationText(call.timeoutMs)} time-out, ${attemptsAllowed(call.maxAttempts)}`,
    state: chartInitial,
  };
  const moments = side.steps.map((step, index): Moment => ({
    step: index + 1,
    atMs: step.atMs,
    sinceMs: step.atMs - record.atMs,
    title: titleOf(step),
    detail: detailOf(step),
    state: step.state,
  }));
  return [beginning, ...moments];
}

function attemptsAllowed(maxAttempts: number | undefined): string {
  if (maxAttempts === undefined) return 'sent as often as is safe';
  return maxAttempts === 1 ? 'sent once' : `sent up to ${maxAttempts} times`;
}

function titleOf({ event, state, attempt }: RecordOf<'step'>): string {
  const words = eventWords(event);
  if (state === 'late') return 'late answer';
  if (event === 'transmitted' || event === 'retransmitted') {
    return attempt === undefined ? (words ?? event) : `${words ?? event}, attempt ${attempt}`;
  }
  return words ?? event;
}

function detailOf(step: RecordOf<'step'>): string {
  const { outcome, because, lateByMs, error, value } = step;
  const parts: string[] = [];
  if (lateByMs !== undefined) parts.push(`${durationText(lateByMs)} after the time-out`);
  if (because !== undefined) parts.push(printable(because.replace(/\.$/, '')));
  else if (typeof outcome?.['verdict'] === 'string') parts.push(verdictWords(outcome['verdict']));
  const wrong = error ?? outcome?.['error'] ?? outcome?.['reason'];
  if (wrong !== undefined && because === undefined) parts.push(errorText(wrong));
  if (outcome?.['executed'] === 'no') parts.push('the procedure did not run');
  if (outcome?.['executed'] === 'maybe') parts.push('the procedure may have run');
  const given = value ?? outcome?.['value'];
  if (given !== undefined) parts.push(valueText(given, 120));
  return parts.join('; ');
}

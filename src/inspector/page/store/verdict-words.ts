/** Verdict words: why a call timed out, and how that went on. */
import type { Verdict } from '../../../api/verdict.js';
import { VERDICTS } from '../../../api/verdict.js';
import { printable } from '../../../legible/printable.js';
import { rowOf } from '../../../vocabulary.js';
import { durationText } from './format.js';
import type { Side } from './transaction.js';

/**
 * The verdict of a time-out in words, as `rpcudp call` prints it; for a verdict not known here, its
 * name.
 */
export function verdictWords(verdict: string): string {
  return rowOf(VERDICTS, verdict)?.words ?? verdict;
}

/** Verdicts that a late answer puts in another light. */
const ONCE_ANSWERED: Readonly<Partial<Record<Verdict, string>>> = {
  peerAliveButSlow: 'the peer was alive, but slow',
  peerSilent: 'nothing had been heard from the peer by then',
};

/**
 * A time-out as one outcome: why no answer came in time, and what came of it later. Undefined for a
 * side that has not timed out.
 */
export function timeOutWords(side: Side): string | undefined {
  const step = side.steps.find(({ state }) => state === 'timedOut');
  if (step === undefined) return undefined;
  const verdict = step.outcome?.['verdict'];
  const name = typeof verdict === 'string' ? verdict : '';
  const once = side.state === 'late' ? rowOf(ONCE_ANSWERED, name) : undefined;
  const why = once ?? step.because ?? verdictWords(name);
  return [`Timed out: ${printable(why.replace(/\.$/, ''))}.`, sequelOf(side)].join(' ').trim();
}

function sequelOf({ state, final, lateByMs }: Side): string {
  if (state === 'late') return `Its answer came ${durationText(lateByMs ?? NaN)} too late.`;
  if (state === 'lost') return 'No answer came later either.';
  return final ? '' : 'An answer may still come.';
}

/** Settled: how and when a call ended, for counting. */
import { printable } from '../../../legible/printable.js';
import { isErrorCode } from '../../../wire/error-code.js';
import type { OutcomeState } from '../../../api/call-state.js';
import { OUTCOME_STATES } from '../../../api/call-state.js';
import { timedOut } from './side-reducer.js';
import type { Side } from './transaction.js';
import { verdictWords } from './verdict-words.js';

/** The outcome of a call; undefined if it has none yet. */
export function outcomeOf(side: Side): OutcomeState | undefined {
  if (timedOut(side)) return 'timedOut';
  return OUTCOME_STATES.find((state) => state === side.state);
}

/** When the call had its outcome: an answer that came too late does not change it. */
export function settledAtMs(side: Side): number | undefined {
  const { record, endedAtMs } = side;
  return record.type === 'call' && timedOut(side) ? record.atMs + record.timeoutMs : endedAtMs;
}

/** Whether a call with this outcome did not get what it wanted. Who cancelled it, wanted that. */
export function isFailure(outcome: OutcomeState): boolean {
  return outcome === 'rejected' || outcome === 'timedOut' || outcome === 'unsent';
}

/** What the step that settled the call says of its outcome. */
export function outcomeDetails({ steps }: Side): Readonly<Record<string, unknown>> | undefined {
  return steps.find(({ outcome }) => outcome !== undefined)?.outcome;
}

/**
 * Why the call failed, in a few words; undefined if it did not, or if its procedure refused it by an
 * error of its own: then both ends work.
 */
export function troubleOf(side: Side): string | undefined {
  const outcome = outcomeOf(side);
  if (outcome === undefined || !isFailure(outcome)) return undefined;
  const details = outcomeDetails(side);
  const verdict = details?.['verdict'];
  if (outcome === 'timedOut') {
    return `timed out: ${typeof verdict === 'string' ? verdictWords(verdict) : 'nobody answered'}`;
  }
  const code = codeOf(details?.['error']);
  if (outcome === 'rejected' && (code === undefined || !isErrorCode(code))) return undefined;
  return `${outcome}: ${printable(code ?? 'no reason was told')}`;
}

/** The code of an error as records show it. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

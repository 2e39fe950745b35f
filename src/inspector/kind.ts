/**
 * Kinds: calls, notifications and requests that ended alike are of one kind. What is kept is kept
 * by kind, so that many of one kind do not push out those of another.
 */
import type { Fate } from '../api/fate.js';
import type { RecordOf } from './record.js';

/** The kind of all that went well. */
export const WELL = 'well';
/** The kind of those whose end was not seen. */
export const UNFINISHED = 'unfinished';
/** The kind of users' actors that ended with an error. */
export const ACTOR_FAILED = 'actor failed';
/** The kind of counts and facts that newer ones have replaced. */
export const FACTS = 'facts';

const WELL_ENDS: ReadonlySet<string> = new Set([
  'call resolved',
  'notification sent',
  'notification replaced',
  'handler replied',
  'handler finished',
]);

/** Kinds come from the network, too: from the codes of errors. */
const MAX_KIND_LENGTH = 100;

type Step = Pick<RecordOf<'step'>, 'state' | 'outcome' | 'error' | 'because'>;

/** The kind of a call, a notification or a request that ended with this step. */
export function kindOfEnd(type: 'call' | 'notification' | 'handler', step: Step): string {
  const end = `${type} ${step.state}`;
  if (WELL_ENDS.has(end)) return WELL;
  return `${end} ${reasonOf(step)}`.slice(0, MAX_KIND_LENGTH);
}

/**
 * Why something failed with this step: the verdict of a time-out, the code of an error, the reason
 * of a refusal; empty if it has none.
 */
export function reasonOf({ state, outcome, error, because = '' }: Step): string {
  const verdict = outcome?.['verdict'];
  if (typeof verdict === 'string') return verdict;
  if (state === 'refused') return because;
  return codeOf(outcome?.['error'] ?? outcome?.['reason'] ?? error) ?? '';
}

/** The code of an error, or else its name; undefined if it has neither. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : undefined;
}

/** The fates of frames in a healthy call or notification. */
const ORDINARY: ReadonlySet<string> = new Set<Fate>([
  'request.run',
  'response.matched',
  'response.ignored',
  'cancel.delivered',
]);

/** Whether a frame with this fate belongs to a healthy call or notification. */
export function isOrdinary(fate: string): boolean {
  return ORDINARY.has(fate);
}

/** The kind of a datagram that belongs to nothing that lives. */
export function kindOfDatagram({ frames, refused }: RecordOf<'datagram'>): string {
  if (refused !== undefined) return 'datagram refused';
  const odd = frames.find(({ fate }) => fate !== undefined && !isOrdinary(fate));
  return odd?.fate === undefined ? WELL : `datagram ${odd.fate}`.slice(0, MAX_KIND_LENGTH);
}

/** How a state is shown: a mark and a word that say it without colour, and a tone that adds some. */

/** What a state means for whoever looks: `busy` goes on, `good` is well, `warn` may matter, `bad` does. */
type Tone = 'idle' | 'busy' | 'good' | 'warn' | 'bad';

/** A shape of its own for each kind of state, so that none is told by colour alone. */
export type Mark =
  | 'dotted'
  | 'quarter'
  | 'half'
  | 'full'
  | 'cross'
  | 'clock'
  | 'clockCheck'
  | 'slash'
  | 'minus'
  | 'bar'
  | 'halfLow'
  | 'ring';

export interface StateWords {
  readonly mark: Mark;
  readonly word: string;
  readonly tone: Tone;
}

const STATES: Readonly<Record<string, StateWords>> = {
  queued: { mark: 'dotted', word: 'queued', tone: 'idle' },
  sent: { mark: 'quarter', word: 'sent', tone: 'busy' },
  awaiting: { mark: 'half', word: 'awaiting', tone: 'busy' },
  resolved: { mark: 'full', word: 'resolved', tone: 'good' },
  rejected: { mark: 'cross', word: 'rejected', tone: 'bad' },
  timedOut: { mark: 'clock', word: 'timed out', tone: 'bad' },
  late: { mark: 'clockCheck', word: 'late', tone: 'warn' },
  lost: { mark: 'slash', word: 'lost', tone: 'bad' },
  cancelled: { mark: 'minus', word: 'cancelled', tone: 'idle' },
  unsent: { mark: 'bar', word: 'unsent', tone: 'bad' },
  received: { mark: 'dotted', word: 'received', tone: 'idle' },
  running: { mark: 'half', word: 'running', tone: 'busy' },
  replied: { mark: 'full', word: 'replied', tone: 'good' },
  failed: { mark: 'cross', word: 'failed', tone: 'bad' },
  abandoned: { mark: 'minus', word: 'abandoned', tone: 'warn' },
  refused: { mark: 'slash', word: 'refused', tone: 'bad' },
  resolving: { mark: 'dotted', word: 'resolving', tone: 'idle' },
  unknown: { mark: 'dotted', word: 'unknown', tone: 'idle' },
  responsive: { mark: 'full', word: 'responsive', tone: 'good' },
  suspect: { mark: 'halfLow', word: 'suspect', tone: 'warn' },
  silent: { mark: 'ring', word: 'silent', tone: 'bad' },
  forgotten: { mark: 'minus', word: 'forgotten', tone: 'idle' },
  live: { mark: 'full', word: 'live', tone: 'good' },
  closed: { mark: 'minus', word: 'closed', tone: 'idle' },
  feedLost: { mark: 'slash', word: 'feed lost', tone: 'bad' },
};

/** The words of a state; one that is not known here is shown by its own name. */
export function stateWords(state: string): StateWords {
  const known = Object.hasOwn(STATES, state) ? STATES[state] : undefined;
  return known ?? { mark: 'dotted', word: state, tone: 'idle' };
}

/** The states of a call, in the order in which they are offered. */
export const CALL_STATES: readonly string[] = [
  'queued',
  'sent',
  'awaiting',
  'resolved',
  'rejected',
  'timedOut',
  'late',
  'lost',
  'cancelled',
  'unsent',
];

/** The states of a handler. */
export const HANDLER_STATES: readonly string[] = [
  'received',
  'running',
  'replied',
  'failed',
  'refused',
  'abandoned',
];

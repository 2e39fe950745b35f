/**
 * State words: each state has a mark and a word, which are readable without colour, and a tone for
 * colour.
 */
import { CALL_STATES } from '../../../api/call-state.js';
import { ENDPOINT_STATES } from '../../../api/endpoint-state.js';
import { HANDLER_STATES } from '../../../handler/state.js';
import { NOTIFICATION_STATES } from '../../../api/notification-state.js';
import { PEER_HEALTHS } from '../../../api/health.js';
import { mapRows, rowOf } from '../../../vocabulary.js';

/**
 * What a state means to the user. `idle`: nothing to see. `busy`: in progress. `good`: all is well.
 * `warn`: possibly a problem. `bad`: a problem.
 */
export type Tone = 'idle' | 'busy' | 'good' | 'warn' | 'bad';

/** Each kind of state has its own shape, so that colour is never the only difference. */
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

export interface Look {
  readonly mark: Mark;
  readonly tone: Tone;
}

export interface StateWords extends Look {
  readonly word: string;
  /** The outcome that the state is the sequel of, in words. */
  readonly outcome?: string;
}

/** What the feed of an endpoint adds to the endpoint's own states. */
const FEED_STATES = {
  live: 'live',
  feedLost: 'feed lost',
  recorded: 'recorded',
  stale: 'not current',
} as const;

const WORDS = {
  ...mapRows(NOTIFICATION_STATES, ({ words }) => words),
  ...mapRows(CALL_STATES, ({ words }) => words),
  ...HANDLER_STATES,
  ...PEER_HEALTHS,
  ...ENDPOINT_STATES,
  ...FEED_STATES,
};

const LOOKS: Readonly<Record<keyof typeof WORDS, Look>> = {
  queued: { mark: 'dotted', tone: 'idle' },
  sent: { mark: 'quarter', tone: 'busy' },
  awaiting: { mark: 'half', tone: 'busy' },
  resolved: { mark: 'full', tone: 'good' },
  rejected: { mark: 'cross', tone: 'bad' },
  timedOut: { mark: 'clock', tone: 'bad' },
  late: { mark: 'clockCheck', tone: 'warn' },
  lost: { mark: 'slash', tone: 'bad' },
  cancelled: { mark: 'minus', tone: 'idle' },
  unsent: { mark: 'bar', tone: 'bad' },
  replaced: { mark: 'minus', tone: 'idle' },
  dropped: { mark: 'bar', tone: 'warn' },
  received: { mark: 'dotted', tone: 'idle' },
  running: { mark: 'half', tone: 'busy' },
  replied: { mark: 'full', tone: 'good' },
  finished: { mark: 'full', tone: 'good' },
  failed: { mark: 'cross', tone: 'bad' },
  abandoned: { mark: 'minus', tone: 'warn' },
  refused: { mark: 'slash', tone: 'bad' },
  resolving: { mark: 'dotted', tone: 'idle' },
  unknown: { mark: 'dotted', tone: 'idle' },
  responsive: { mark: 'full', tone: 'good' },
  suspect: { mark: 'halfLow', tone: 'warn' },
  silent: { mark: 'ring', tone: 'bad' },
  forgotten: { mark: 'minus', tone: 'idle' },
  opening: { mark: 'dotted', tone: 'idle' },
  open: { mark: 'full', tone: 'good' },
  draining: { mark: 'halfLow', tone: 'warn' },
  closing: { mark: 'halfLow', tone: 'warn' },
  closed: { mark: 'minus', tone: 'idle' },
  live: { mark: 'full', tone: 'good' },
  feedLost: { mark: 'slash', tone: 'bad' },
  recorded: { mark: 'bar', tone: 'idle' },
  stale: { mark: 'dotted', tone: 'idle' },
};

/** A call that is late or lost has timed out: these states tell how that went on. */
const SEQUELS: Readonly<Record<string, string>> = { late: WORDS.timedOut, lost: WORDS.timedOut };

const STATES = mapRows(LOOKS, (look, state): StateWords => {
  const outcome = rowOf(SEQUELS, state);
  return { ...look, word: WORDS[state], ...(outcome !== undefined && { outcome }) };
});

/** A notification that was sent has ended well, while a call that was sent has just begun. */
const SENT_FOR_GOOD: StateWords = { mark: 'full', tone: 'good', word: WORDS.sent };

/**
 * The look and the word of a state, of a side of this kind. A state that is not known here is shown
 * by its own name.
 */
export function stateWords(state: string, kind?: string): StateWords {
  if (kind === 'notification' && state === 'sent') return SENT_FOR_GOOD;
  return rowOf(STATES, state) ?? { mark: 'dotted', word: state, tone: 'idle' };
}

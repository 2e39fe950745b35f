/** Call states: every state of a call, and which of them are outcomes. */
import { namesOf, zeroCounts } from '../vocabulary.js';

interface CallStateRow {
  /** Its name for people. */
  readonly words: string;
  readonly meaning: string;
  /** Whether this state is an outcome. `late` and `lost` are not: they follow `timedOut`. */
  readonly outcome: boolean;
}

/** Every state of the call machine, in display order. */
export const CALL_STATES = {
  queued: { words: 'queued', meaning: "waits in the peer's mailbox", outcome: false },
  sent: { words: 'sent', meaning: 'handed to the socket', outcome: false },
  awaiting: { words: 'awaiting', meaning: 'sent; the answer is awaited', outcome: false },
  resolved: { words: 'resolved', meaning: 'the peer answered', outcome: true },
  rejected: { words: 'rejected', meaning: 'the peer answered with an error', outcome: true },
  timedOut: { words: 'timed out', meaning: 'no answer in time; one may still come', outcome: true },
  late: { words: 'late', meaning: 'an answer came after the time-out', outcome: false },
  lost: { words: 'lost', meaning: 'no answer came at all', outcome: false },
  cancelled: { words: 'cancelled', meaning: 'the caller took it back', outcome: true },
  unsent: { words: 'unsent', meaning: 'it never left this machine', outcome: true },
} as const satisfies Readonly<Record<string, CallStateRow>>;

export type CallState = keyof typeof CALL_STATES;

/** The states that `outcome.state` can have. */
export type OutcomeState = {
  [State in CallState]: (typeof CALL_STATES)[State]['outcome'] extends true ? State : never;
}[CallState];

/** Every state of a call. */
export const CALL_STATE_NAMES = namesOf(CALL_STATES);

/** Every outcome. */
export const OUTCOME_STATES: readonly OutcomeState[] = CALL_STATE_NAMES.filter(isOutcomeState);

function isOutcomeState(state: CallState): state is OutcomeState {
  return CALL_STATES[state].outcome;
}

/** How many calls had each outcome. */
export type OutcomeCounts = Record<OutcomeState, number>;

/** Every outcome, at zero. */
export function noOutcomes(): OutcomeCounts {
  return { ...NONE };
}

const NONE = zeroCounts(OUTCOME_STATES);

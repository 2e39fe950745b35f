/** Endings: how an inbound request ended. */
import { namesOf, zeroCounts } from '../vocabulary.js';
import { ERROR_CODES, NOT_RUN_CODES } from '../wire/error-code.js';
import type { NotRunCode } from '../wire/error-code.js';

interface RequestEndingRow {
  /** What ended: a procedure that ran, a request with a known id, or a refused request. */
  readonly of: 'run' | 'repetition' | 'refusal';
  /** The display name. */
  readonly words: string;
}

/** The endings of requests that were not refused. */
const ACCEPTED = {
  /** Answered. */
  replied: { of: 'run', words: 'replied' },
  /** A notification, whose procedure has ended. Nobody is answered. */
  finished: { of: 'run', words: 'finished' },
  failed: { of: 'run', words: 'failed' },
  /** It had not ended at its deadline. */
  timedOut: { of: 'run', words: 'timed out' },
  /** Its caller cancelled it. */
  cancelled: { of: 'run', words: 'cancelled' },
  /** The endpoint closed and did not wait any longer. */
  abandoned: { of: 'run', words: 'abandoned' },
  /** A repetition that was answered again. */
  replayed: { of: 'repetition', words: 'replayed' },
  /** A repetition for which there is no answer yet. */
  duplicate: { of: 'repetition', words: 'duplicate' },
  /** A different request with a known id. */
  conflict: { of: 'repetition', words: 'conflict' },
} as const satisfies Readonly<Record<string, RequestEndingRow>>;

/** How a request ended: one of `ACCEPTED`, or the reason why it was not run. */
export type RequestEnding = keyof typeof ACCEPTED | NotRunCode;

/** Every ending. */
export const REQUEST_ENDINGS: Readonly<Record<RequestEnding, RequestEndingRow>> = Object.freeze({
  ...ACCEPTED,
  ...refusals(),
});

function refusals(): Record<NotRunCode, RequestEndingRow> {
  const rows = NOT_RUN_CODES.map((code) => {
    const row: RequestEndingRow = { of: 'refusal', words: ERROR_CODES[code].ending };
    return [code, row] as const;
  });
  return Object.fromEntries(rows) as Record<NotRunCode, RequestEndingRow>;
}

/** How many requests ended in each way. */
export type RequestCounts = Record<RequestEnding, number>;

/** Every ending, at zero. */
export function noRequests(): RequestCounts {
  return { ...NONE };
}

const NONE = zeroCounts(namesOf(REQUEST_ENDINGS));

/** Search fields: what a search can ask of a call, a notification or a request. */
import { CALL_STATE_NAMES, OUTCOME_STATES } from '../../../api/call-state.js';
import { NOTIFICATION_STATE_NAMES } from '../../../api/notification-state.js';
import { VERDICTS } from '../../../api/verdict.js';
import { HANDLER_STATE_NAMES } from '../../../handler/state.js';
import { namesOf, rowOf } from '../../../vocabulary.js';
import { ERROR_CODES } from '../../../wire/error-code.js';
import type { RecordOf } from '../../record.js';
import { causesOf, hasFailed, isOpen, outcomeOf } from './side-outcome.js';
import { stateWords } from './state-words.js';
import type { Side } from './transaction.js';

interface Meaning {
  /** For people. */
  readonly means: string;
  /** Values to offer. */
  readonly examples?: readonly string[];
}

/** The values are names; a search for one of them finds the side. */
interface NameField extends Meaning {
  readonly of: 'names';
  readonly namesOf: (side: Side) => readonly (string | undefined)[];
  /** Whether the beginning of a name is enough. */
  readonly prefix?: true;
}

/** The value is a number, or milliseconds. */
interface NumberField extends Meaning {
  readonly of: 'ms' | 'none';
  readonly numberOf: (side: Side) => number | undefined;
}

export type SearchField = NameField | NumberField;

/** What a search calls the kinds of sides. */
export const KIND_NAMES: Readonly<Record<Side['kind'], string>> = {
  call: 'call',
  notification: 'notification',
  handler: 'request',
};

const FIELDS = {
  procedure: {
    of: 'names',
    means: 'the procedure; * is anything',
    namesOf: ({ record }) => [record.procedure],
  },
  peer: {
    of: 'names',
    means: 'the address of the peer, or its host',
    namesOf: ({ record }) => [record.peer, hostOf(record.peer)],
  },
  endpoint: {
    of: 'names',
    means: 'the endpoint that called, or was asked',
    namesOf: ({ record, endpointName }) => [endpointName, record.endpoint],
  },
  kind: {
    of: 'names',
    means: 'call, notification or request',
    examples: Object.values(KIND_NAMES),
    namesOf: ({ kind }) => [KIND_NAMES[kind]],
  },
  state: {
    of: 'names',
    means: 'the state that it is in now',
    examples: [
      ...new Set([...CALL_STATE_NAMES, ...NOTIFICATION_STATE_NAMES, ...HANDLER_STATE_NAMES]),
    ],
    namesOf: ({ state, kind }) => [state, stateWords(state, kind).word],
  },
  outcome: {
    of: 'names',
    means: 'how it ended; a late answer follows a time-out',
    examples: [...OUTCOME_STATES, 'replied', 'failed', 'refused', 'dropped'],
    namesOf: (side) => [outcomeOf(side)],
  },
  is: {
    of: 'names',
    means: 'failed, or open: still under way',
    examples: ['failed', 'open'],
    namesOf: (side) => [hasFailed(side) ? 'failed' : isOpen(side) ? 'open' : undefined],
  },
  cause: {
    of: 'names',
    means: 'the code of its error, or its verdict',
    examples: [...namesOf(VERDICTS), ...namesOf(ERROR_CODES)],
    namesOf: causesOf,
  },
  attempts: {
    of: 'none',
    means: 'how many times the request was sent',
    examples: ['>1'],
    numberOf: ({ attempts }) => attempts,
  },
  rtt: {
    of: 'ms',
    means: 'the round-trip time of a call',
    examples: ['>100ms', '<10ms'],
    numberOf: ({ kind, elapsedMs }) => (kind === 'call' ? elapsedMs : undefined),
  },
  ran: {
    of: 'ms',
    means: 'how long a procedure ran',
    examples: ['>100ms', '<10ms'],
    numberOf: ({ kind, elapsedMs }) => (kind === 'handler' ? elapsedMs : undefined),
  },
  late: {
    of: 'ms',
    means: 'how long after the time-out an answer came',
    examples: ['>0ms'],
    numberOf: ({ lateByMs }) => lateByMs,
  },
  timeout: {
    of: 'ms',
    means: 'how long a call may take',
    examples: ['<1s'],
    numberOf: ({ kind, record }) =>
      kind === 'call' ? (record as RecordOf<'call'>).timeoutMs : undefined,
  },
  id: {
    of: 'names',
    means: 'the transaction id, or its beginning',
    prefix: true,
    namesOf: ({ record }) => [record.transactionId],
  },
} as const satisfies Readonly<Record<string, SearchField>>;

export type FieldName = keyof typeof FIELDS;

export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

export function searchField(name: string): SearchField | undefined {
  return rowOf<SearchField>(FIELDS, name);
}

export function isField(name: string): boolean {
  return searchField(name) !== undefined;
}

/** The host of an address; IPv6 without brackets. */
function hostOf(address: string): string {
  return address.slice(0, Math.max(0, address.lastIndexOf(':'))).replace(/^\[|\]$/g, '');
}

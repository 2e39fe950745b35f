/** Filter: which calls and handlers are listed. */
import type { Side } from './transaction.js';
import { valueText } from './value-text.js';

export interface Filter {
  readonly kind: 'call' | 'notification' | 'handler' | 'both';
  /** If empty: all states. */
  readonly states: ReadonlySet<string>;
  /** If empty: all peers. */
  readonly peer: string;
  /** If empty: all procedures. */
  readonly procedure: string;
  /** Only those whose request was sent more than once. */
  readonly repeated: boolean;
  /** Each word must occur in the id, peer, procedure, arguments or note, in upper or lower case. */
  readonly text: string;
}

/** The filter that lists every call. */
export const NO_FILTER: Filter = {
  kind: 'call',
  states: new Set(),
  peer: '',
  procedure: '',
  repeated: false,
  text: '',
};

/** How many characters of the arguments are searched. */
const MAX_SEARCHED = 1_000;

/** The filter as a function that tests one call or handler. */
export function filterTest(filter: Filter): (side: Side) => boolean {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (side) => {
    const { record, kind, state } = side;
    if (filter.kind !== 'both' && filter.kind !== kind) return false;
    if (filter.states.size > 0 && !filter.states.has(state)) return false;
    if (filter.peer !== '' && record.peer !== filter.peer) return false;
    if (filter.procedure !== '' && record.procedure !== filter.procedure) return false;
    if (filter.repeated && side.attempts < 2) return false;
    return words.length === 0 || holdsAll(side, words);
  };
}

function holdsAll({ record, note }: Side, words: readonly string[]): boolean {
  const short = `${record.transactionId} ${record.peer} ${record.procedure} ${note}`.toLowerCase();
  const left = words.filter((word) => !short.includes(word));
  if (left.length === 0) return true;
  const args = valueText(record.args, MAX_SEARCHED).toLowerCase();
  return left.every((word) => args.includes(word));
}

/** Whether the list shows everything of its kind. */
export function isUnfiltered({ states, peer, procedure, repeated, text }: Filter): boolean {
  return states.size === 0 && peer === '' && procedure === '' && !repeated && text.trim() === '';
}

/** Arrangement: in which order calls are listed, and in which groups. */
import { outcomeOf } from './side-outcome.js';
import { KIND_NAMES } from './search-fields.js';
import { stateWords } from './state-words.js';
import type { Side } from './transaction.js';

/** What a side is ordered by: numbers or texts, the same for all sides of a list. */
export type OrderKey = number | string;

/** The columns, and what each is ordered by; undefined for a side that has nothing there. */
const COLUMNS = {
  id: ({ record }) => record.transactionId,
  kind: ({ kind }) => KIND_NAMES[kind],
  endpoint: ({ endpointName }) => endpointName,
  peer: ({ record }) => record.peer,
  procedure: ({ record }) => record.procedure,
  state: ({ state, kind }) => stateWords(state, kind).word,
  attempts: ({ attempts }) => attempts,
  time: ({ elapsedMs }) => elapsedMs,
  // The order of arrival is also that of sides with equal times.
  age: ({ number }) => -number,
  outcome: ({ note }) => (note === '' ? undefined : note),
} as const satisfies Readonly<Record<string, (side: Side) => OrderKey | undefined>>;

export type Column = keyof typeof COLUMNS;

/** Columns that hold numbers. Of these the greatest is wanted first, of names the first. */
const NUMERIC: ReadonlySet<Column> = new Set<Column>(['attempts', 'time']);

/** By what calls can be grouped, and the group of each. */
const GROUPINGS = {
  procedure: ({ record }) => record.procedure,
  outcome: (side) => outcomeOf(side) ?? 'open',
  peer: ({ record }) => record.peer,
  endpoint: ({ endpointName }) => endpointName,
} as const satisfies Readonly<Record<string, (side: Side) => string>>;

export type Grouping = keyof typeof GROUPINGS;

export const GROUPING_NAMES = Object.keys(GROUPINGS) as readonly Grouping[];

export interface Arrangement {
  readonly column: Column;
  /** Whether the greatest comes first. */
  readonly descending: boolean;
  /** Undefined: no groups. */
  readonly grouping: Grouping | undefined;
}

/** The newest first. */
export const BY_AGE: Arrangement = { column: 'age', descending: false, grouping: undefined };

export function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name);
}

export function isGrouping(name: string): name is Grouping {
  return Object.hasOwn(GROUPINGS, name);
}

/** The arrangement after a click on the head of a column. */
export function sortedBy(arrangement: Arrangement, column: Column): Arrangement {
  const descending = arrangement.column === column ? !arrangement.descending : NUMERIC.has(column);
  return { ...arrangement, column, descending };
}

/** What the side is ordered by. Sides that have nothing there come last. */
export function orderKeyOf(side: Side, { column, descending }: Arrangement): OrderKey {
  const key = COLUMNS[column](side);
  if (key !== undefined) return key;
  if (NUMERIC.has(column)) return descending ? -Infinity : Infinity;
  return descending ? '' : LAST_TEXT;
}

/** No text that can be shown comes after it. */
const LAST_TEXT = '\uffff';

/** The group of a side; empty if there are no groups. */
export function groupNameOf(side: Side, { grouping }: Arrangement): string {
  return grouping === undefined ? '' : GROUPINGS[grouping](side);
}

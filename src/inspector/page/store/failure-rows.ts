/**
 * Failure rows: what went wrong so often that not all of it is shown, in one row for each way in
 * which it went wrong.
 */
import { reasonOf } from '../../kind.js';
import { NOTIFICATION_DROPS } from '../../../api/notification-state.js';
import { rowOf } from '../../../vocabulary.js';
import type { RecordOf } from '../../record.js';
import type { EndpointState } from './endpoint-state.js';
import type { InspectionStore } from './inspection-store.js';
import { timedOut } from './side-reducer.js';
import type { Side } from './transaction.js';
import { verdictWords } from './verdict-words.js';

/** The most parts of a row, and the most whole calls that it shows. */
const MAX_PARTS = 20;

export interface FailureRow {
  readonly of: Side['kind'];
  readonly state: string;
  readonly reason: string;
  /** How many went wrong like this, and how many of them are shown whole. */
  readonly count: number;
  readonly shown: number;
  /** By endpoint, peer and procedure, those with most first. Bounded by `MAX_PARTS`. */
  readonly parts: readonly RecordOf<'failures'>[];
  readonly partsLeftOut: number;
}

/** The rows, those with most first. */
export function failureRows(endpoints: Iterable<EndpointState>): FailureRow[] {
  const byWay = new Map<string, RecordOf<'failures'>[]>();
  for (const { failures } of endpoints) {
    for (const record of failures.values()) {
      const way = `${record.of} ${record.state} ${record.reason}`;
      byWay.set(way, [...(byWay.get(way) ?? []), record]);
    }
  }
  return [...byWay.values()].flatMap(rowOfParts).sort((a, b) => b.count - a.count);
}

function rowOfParts(parts: readonly RecordOf<'failures'>[]): FailureRow[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { of, state, reason } = first;
  const inOrder = parts.toSorted((a, b) => b.count - a.count);
  return [
    {
      of,
      state,
      reason,
      count: parts.reduce((sum, { count }) => sum + count, 0),
      shown: parts.reduce((sum, { shown }) => sum + shown, 0),
      parts: inOrder.slice(0, MAX_PARTS),
      partsLeftOut: Math.max(0, parts.length - MAX_PARTS),
    },
  ];
}

/** The latest calls or requests of this row that are kept whole; not many. */
export function wholeOf(store: InspectionStore, row: FailureRow): Side[] {
  const whole: Side[] = [];
  for (const { sides } of store.transactions()) {
    for (const side of sides) if (isOf(row, side)) whole.push(side);
  }
  return whole.slice(-MAX_PARTS).reverse();
}

function isOf({ of, state, reason }: FailureRow, side: Side): boolean {
  if (side.kind !== of) return false;
  if (state === 'timedOut' ? !timedOut(side) : side.state !== state) return false;
  return side.steps.some((step) => reasonOf(step) === reason);
}

/** The reason in words: a verdict, the reason of a drop, or the code of an error. */
export function reasonWords(reason: string): string {
  const drop = rowOf(NOTIFICATION_DROPS, reason);
  const words = drop ?? verdictWords(reason);
  if (words !== reason) return words;
  return reason
    .replace(/^ERR_(RPCUDP_)?/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
}

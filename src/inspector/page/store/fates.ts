/**
 * Fates: the fates of inbound frames, in groups with counts and rates, and a check that they add
 * up.
 */
import type { FateGroup as GroupName } from '../../../api/fate.js';
import { namesOf, rowOf } from '../../../vocabulary.js';
import type { RecordOf } from '../../record.js';
import { rateOf } from './rates.js';

export interface FateRow {
  /** For example `response.matched`. */
  readonly fate: string;
  /** The fate without its group. */
  readonly label: string;
  readonly count: number;
  readonly perSecond: number;
}

export interface FateGroup {
  readonly name: string;
  /** The group's name for people. */
  readonly heading: string;
  readonly count: number;
  readonly perSecond: number;
  /** All fates of the group, including those with a count of 0. */
  readonly rows: readonly FateRow[];
}

export interface FateTable {
  readonly groups: readonly FateGroup[];
  /** The sum of all counts. */
  readonly sum: number;
  readonly framesReceived: number;
  /** Whether every received frame has exactly one fate. */
  readonly addsUp: boolean;
}

/** The known groups with their names for people, in the order in which they are shown. */
const HEADINGS: Readonly<Record<GroupName, string>> = {
  response: 'response',
  request: 'request',
  cancel: 'cancel',
  probe: 'probe',
  malformed: 'malformed',
  badSource: 'bad source',
};

/** The table of an endpoint's counts. Rates are those of the last seconds. */
export function fateTable(
  counts: readonly RecordOf<'counts'>[],
  nowMs: number,
): FateTable | undefined {
  const latest = counts.at(-1);
  if (latest === undefined) return undefined;
  const { fates, framesReceived } = latest.stats;
  const rows = Object.keys(fates).map((fate): FateRow & { group: string } => {
    const [group = fate, ...rest] = fate.split('.');
    return {
      group,
      fate,
      label: rest.length > 0 ? rest.join('.') : fate,
      count: fates[fate] ?? 0,
      perSecond: rateOf(counts, ({ stats }) => stats.fates[fate] ?? 0, nowMs),
    };
  });
  const names = [...new Set([...namesOf(HEADINGS), ...rows.map(({ group }) => group)])];
  const groups = names
    .map((name): FateGroup => {
      const own = rows.filter(({ group }) => group === name);
      return {
        name,
        heading: rowOf(HEADINGS, name) ?? name,
        count: sumOf(own, ({ count }) => count),
        perSecond: sumOf(own, ({ perSecond }) => perSecond),
        rows: own,
      };
    })
    .filter((group) => group.rows.length > 0);
  const sum = sumOf(groups, ({ count }) => count);
  return { groups, sum, framesReceived, addsUp: sum === framesReceived };
}

function sumOf<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}

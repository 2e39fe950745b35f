/** Comparison: two calls, notifications or requests side by side, and where they differ. */
import { elapsedOf } from './elapsed.js';
import { countText, durationText } from './format.js';
import { stateWords } from './state-words.js';
import type { Moment } from './timeline.js';
import type { Side } from './transaction.js';
import { valueText } from './value-text.js';
import { timeOutWords } from './verdict-words.js';

/** A fact of both sides. */
export interface ComparedFact {
  readonly name: string;
  readonly left: string;
  readonly right: string;
  readonly differs: boolean;
}

/** What happened to both, or to one of them. */
export interface ComparedMoment {
  readonly title: string;
  readonly left: Moment | undefined;
  readonly right: Moment | undefined;
}

/** Longer values are cut where they are shown, and compared whole. */
const MAX_VALUE_LENGTH = 2_000;
/** How much of a value is compared. */
const MAX_COMPARED_LENGTH = 100_000;

/** The facts, those that neither side has left out. */
export function comparedFacts(
  left: Side,
  right: Side,
  nameOf: (endpoint: string) => string,
): ComparedFact[] {
  const facts = FACTS.map(([name, factOf]): ComparedFact | undefined => {
    const [one, other] = [factOf(left, nameOf), factOf(right, nameOf)];
    if (one === '' && other === '') return undefined;
    const shown = { left: one.slice(0, MAX_VALUE_LENGTH), right: other.slice(0, MAX_VALUE_LENGTH) };
    return { name, ...shown, differs: one !== other };
  });
  return facts.filter((fact) => fact !== undefined);
}

type FactOf = (side: Side, nameOf: (endpoint: string) => string) => string;

const FACTS: readonly (readonly [name: string, factOf: FactOf])[] = [
  ['procedure', ({ record }) => record.procedure],
  ['endpoint', ({ record }, nameOf) => nameOf(record.endpoint)],
  ['peer', ({ record }) => record.peer],
  ['state', ({ state, kind }) => wordsOf(state, kind)],
  ['why', whyOf],
  ['sent', ({ attempts, kind }) => (kind === 'handler' ? '' : `${countText(attempts)}×`)],
  ['took', tookOf],
  ['time-out', timeOutOf],
  ['arguments', ({ record }) => textOf(record.args)],
  ['headers', ({ record }) => textOf(record.headers)],
  ['given back', givenBack],
];

function wordsOf(state: string, kind: string): string {
  const { word, outcome } = stateWords(state, kind);
  return outcome === undefined ? word : `${outcome} · ${word}`;
}

/** Empty for what went well: its note is what it gave back. */
function whyOf(side: Side): string {
  if (side.state === 'resolved' || side.state === 'replied') return '';
  return timeOutWords(side) ?? side.note;
}

function tookOf(side: Side): string {
  const elapsed = elapsedOf(side);
  return elapsed === undefined ? '' : `${durationText(elapsed.ms)} ${elapsed.what}`;
}

function timeOutOf({ record }: Side): string {
  if (record.type !== 'call') return '';
  const { timeoutMs, maxAttempts } = record;
  const most = maxAttempts === undefined ? '' : `, sent up to ${maxAttempts}×`;
  return `${durationText(timeoutMs)}${most}`;
}

function givenBack({ steps }: Side): string {
  const parts = steps.map(({ outcome, value, error }) => {
    const given = outcome ?? {};
    return value ?? error ?? given['value'] ?? given['error'] ?? given['reason'];
  });
  return textOf(parts.findLast((part) => part !== undefined));
}

function textOf(value: unknown): string {
  return value === undefined ? '' : valueText(value, MAX_COMPARED_LENGTH);
}

/**
 * What happened, in one list: what happened to both in the same order stands in one row. It is the
 * longest such list (the longest common subsequence).
 */
export function comparedMoments(
  left: readonly Moment[],
  right: readonly Moment[],
): ComparedMoment[] {
  const lengths = commonLengths(left, right);
  const rows: ComparedMoment[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]];
    if (one !== undefined && one.title === other?.title) {
      rows.push({ title: one.title, left: one, right: other });
      i += 1;
      j += 1;
    } else if (
      one !== undefined &&
      (other === undefined || lengthAt(lengths, i + 1, j) >= lengthAt(lengths, i, j + 1))
    ) {
      rows.push({ title: one.title, left: one, right: undefined });
      i += 1;
    } else {
      rows.push({ title: other?.title ?? '', left: undefined, right: other });
      j += 1;
    }
  }
  return rows;
}

/** How many moments the rests of both lists have in common. A side has at most 257 moments. */
function commonLengths(left: readonly Moment[], right: readonly Moment[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    new Array<number>(right.length + 1).fill(0),
  );
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] ?? [];
      row[j] =
        left[i]?.title === right[j]?.title
          ? 1 + lengthAt(lengths, i + 1, j + 1)
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1));
    }
  }
  return lengths;
}

function lengthAt(lengths: readonly (readonly number[])[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}

/** Calls of the same procedure and kind, to compare a call with: first those that ended otherwise. */
export function likeSides(side: Side, sides: Iterable<Side>, most: number): Side[] {
  const alike: Side[] = [];
  for (const one of sides) {
    const isLike = one.kind === side.kind && one.record.procedure === side.record.procedure;
    if (isLike && one !== side && !one.gone) alike.push(one);
  }
  const newest = alike.sort((a, b) => b.number - a.number);
  const otherwise = newest.filter(({ state }) => state !== side.state);
  const likewise = newest.filter(({ state }) => state === side.state);
  return [...otherwise.slice(0, most), ...likewise.slice(0, most)].slice(0, most);
}

/** Search completion: what the term at the caret may become. */
import type { FieldName, SearchField } from './search-fields.js';
import { FIELD_NAMES, isField, searchField } from './search-fields.js';
import { termsOf, termText } from './search-terms.js';

/** The names that are known of some fields. */
export type KnownNames = Partial<Readonly<Record<FieldName, readonly string[]>>>;

export interface Completion {
  /** The term, or its beginning if more must follow. */
  readonly term: string;
  readonly means: string;
  /** The whole search with it, and where the caret is then. */
  readonly text: string;
  readonly caret: number;
}

/** A longer list would not be readable. */
const MAX_COMPLETIONS = 9;

/** Fields whose values are also offered to who has not written the field. */
const OFFERED_BY_VALUE: readonly FieldName[] = ['procedure', 'peer', 'endpoint', 'state'];

/** What may stand in place of the term at the caret, the best first. */
export function completionsOf(text: string, caret: number, known: KnownNames): Completion[] {
  const term = termsOf(text, isField).find(({ start, end }) => start < caret && caret <= end);
  const start = term?.start ?? caret;
  const end = term?.end ?? caret;
  const typed = text.slice(start, caret);
  const minus = typed.startsWith('-') ? '-' : '';
  const candidates =
    term?.field === undefined
      ? ofWord(typed.slice(minus.length).toLowerCase(), known)
      : ofField(term.field as FieldName, typed, known);
  return candidates.slice(0, MAX_COMPLETIONS).map(({ head, means, open }) => {
    const written = `${minus}${head}`;
    const before = `${text.slice(0, start)}${written}${open ? '' : ' '}`;
    const after = open ? text.slice(end) : text.slice(end).trimStart();
    return { term: written, means, text: before + after, caret: before.length };
  });
}

interface Candidate {
  /** The term without its minus. */
  readonly head: string;
  readonly means: string;
  /** Whether more must follow. */
  readonly open: boolean;
}

function ofWord(word: string, known: KnownNames): Candidate[] {
  const fields = FIELD_NAMES.filter((name) => name.startsWith(word)).map((name) => ({
    head: `${name}:`,
    means: searchField(name)?.means ?? '',
    open: true,
  }));
  if (word === '') return fields;
  const values = OFFERED_BY_VALUE.flatMap((name) =>
    matching(namesFor(name, known), word).map((value) => candidate(name, [value])),
  );
  return [...fields, ...values];
}

function ofField(name: FieldName, typed: string, known: KnownNames): Candidate[] {
  // The last value is the one that is being written.
  const [term] = termsOf(typed, isField);
  const written = term?.values ?? [];
  const isNew = typed.endsWith(':') || typed.endsWith(',');
  const chosen = isNew ? written : written.slice(0, -1);
  const last = isNew ? '' : (written.at(-1) ?? '').toLowerCase();
  return matching(namesFor(name, known), last)
    .filter((value) => !chosen.includes(value) && value.toLowerCase() !== last)
    .map((value) => candidate(name, [...chosen, value]));
}

function candidate(field: FieldName, values: readonly string[]): Candidate {
  const head = termText({ field, values, negated: false });
  return { head, means: searchField(field)?.means ?? '', open: false };
}

function namesFor(name: FieldName, known: KnownNames): readonly string[] {
  const field: SearchField | undefined = searchField(name);
  return [...new Set([...(field?.examples ?? []), ...(known[name] ?? [])])];
}

/** Names that begin with the word, and then those that hold it. */
function matching(names: readonly string[], word: string): string[] {
  const lower = names.map((name) => [name, name.toLowerCase()] as const);
  const begin = lower.filter(([, text]) => text.startsWith(word));
  const hold = lower.filter(([, text]) => !text.startsWith(word) && text.includes(word));
  return [...begin, ...hold].slice(0, MAX_COMPLETIONS).map(([name]) => name);
}

/**
 * Search terms: a search as the user writes it, such as `procedure:find,store -peer:10.0.0.7 snake`.
 * Terms are separated by white space. A term is a word, or a field with one or more values; a minus
 * before it leaves out what it finds. Quotes keep white space and commas together.
 */

export interface Term {
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  /** In lower case; undefined for a word. */
  readonly field: string | undefined;
  /** Without quotes. A word is the only one of its term. */
  readonly values: readonly string[];
}

/** What is beyond is not read. */
export const MAX_SEARCH_LENGTH = 2_000;

const SPACE = /\s*/y;
const HEAD = /(-?)(?:([a-z]+):)?/iy;
/** A part in quotes, which may lack the last one, or a part without. */
const PART = /"((?:[^"\\]|\\.?)*)(?:"|$)|[^\s,"]+/sy;

/** The terms of a text. A name before a colon is a field only if `isField` says so. */
export function termsOf(text: string, isField: (name: string) => boolean): Term[] {
  const source = text.slice(0, MAX_SEARCH_LENGTH);
  const terms: Term[] = [];
  for (let at = skip(SPACE, source, 0); at < source.length; at = skip(SPACE, source, at)) {
    const term = termAt(source, at, isField);
    terms.push(term);
    at = term.end;
  }
  return terms;
}

function termAt(source: string, start: number, isField: (name: string) => boolean): Term {
  HEAD.lastIndex = start;
  const [head = '', minus = '', name] = HEAD.exec(source) ?? [];
  const field = name?.toLowerCase();
  const isKnown = field !== undefined && isField(field);
  let at = start + (isKnown ? head : minus).length;
  const values = [''];
  for (;;) {
    PART.lastIndex = at;
    const part = PART.exec(source);
    if (part !== null) {
      const [raw, quoted] = part;
      values.push(`${values.pop() ?? ''}${quoted?.replace(/\\(.)/gs, '$1') ?? raw}`);
      at += raw.length;
    } else if (source[at] === ',') {
      if (isKnown) values.push('');
      else values.push(`${values.pop() ?? ''},`);
      at += 1;
    } else break;
  }
  return {
    start,
    end: at,
    negated: minus !== '',
    field: isKnown ? field : undefined,
    values: values.filter((value) => value !== ''),
  };
}

function skip(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(source)?.[0].length ?? 0);
}

/** A term as text that reads as the same term. */
export function termText({ negated, field, values }: Omit<Term, 'start' | 'end'>): string {
  const head = `${negated ? '-' : ''}${field === undefined ? '' : `${field}:`}`;
  return head + values.map((value) => valueOfTerm(value, field)).join(',');
}

function valueOfTerm(value: string, field: string | undefined): string {
  const isPlain =
    value !== '' &&
    !/[\s,"]/.test(value) &&
    // Without its field, a word could read as a term of another kind.
    (field !== undefined || !/^-|^[a-z]+:/i.test(value));
  return isPlain ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * Search: which calls, notifications and requests the text of a search finds. All of its terms must
 * hold. Of a field's values one must, or none behind a minus. A word must occur in the id, the
 * peer, the procedure, the name of the endpoint, the note or the arguments.
 */
import { quantityTest } from './quantity.js';
import { FIELD_NAMES, isField, searchField } from './search-fields.js';
import type { SearchField } from './search-fields.js';
import type { Term } from './search-terms.js';
import { termsOf } from './search-terms.js';
import type { Side } from './transaction.js';
import { valueText } from './value-text.js';

/** How many characters of the arguments are searched. */
const MAX_SEARCHED = 1_000;

/** Tests one call, notification or request. */
export type SideTest = (side: Side) => boolean;

/** The text of a search as a test. What cannot be read finds everything. */
export function searchTest(text: string): SideTest {
  const tests = termsOf(text, isField)
    .map(testOf)
    .filter((test) => test !== undefined);
  return (side) => tests.every((test) => test(side));
}

/** What of a search cannot be read, in words for the user. */
export function searchProblems(text: string): string[] {
  return termsOf(text, isField).flatMap((term) => {
    const written = text.slice(term.start, term.end);
    const [, name] = /^-?([a-z]+):(?!\d+$|\/)/i.exec(written) ?? [];
    if (term.field === undefined) return name === undefined ? [] : [unknownField(name)];
    if (term.values.length === 0 || testOf(term) !== undefined) return [];
    const of = searchField(term.field)?.of === 'ms' ? '>100ms, <=2s or 10..20ms' : '>1 or 2..5';
    return [`${term.field} is compared as ${of}`];
  });
}

function unknownField(name: string): string {
  return `“${name}” is searched as a word: the fields are ${FIELD_NAMES.join(', ')}`;
}

function testOf({ field: name, values, negated }: Term): SideTest | undefined {
  const field = name === undefined ? undefined : searchField(name);
  const anyOf = values.map((value) => (field === undefined ? holds(value) : isValue(field, value)));
  const tests = anyOf.filter((test) => test !== undefined);
  if (tests.length === 0 || tests.length < anyOf.length) return undefined;
  return (side) => tests.some((test) => test(side)) !== negated;
}

function isValue(field: SearchField, value: string): SideTest | undefined {
  if (field.of === 'names') {
    const isName = nameTest(value.toLowerCase(), field.prefix === true);
    return (side) => field.namesOf(side).some((name) => name !== undefined && isName(name));
  }
  const isNumber = quantityTest(value, field.of);
  if (isNumber === undefined) return undefined;
  return (side) => {
    const number = field.numberOf(side);
    return number !== undefined && isNumber(number);
  };
}

/** Compares without regard to case. A star stands for any characters. */
function nameTest(wanted: string, prefix: boolean): (name: string) => boolean {
  const [first = '', ...others] = `${wanted}${prefix ? '*' : ''}`.split('*');
  const last = others.pop();
  if (last === undefined) return (name) => name.toLowerCase() === wanted;
  return (name) => {
    const text = name.toLowerCase();
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return text.length >= at + last.length && text.endsWith(last);
  };
}

function holds(word: string): SideTest {
  const wanted = word.toLowerCase();
  return ({ record, note, endpointName }) => {
    const { transactionId, peer, procedure, args } = record;
    const short = `${transactionId} ${peer} ${procedure} ${endpointName} ${note}`.toLowerCase();
    return short.includes(wanted) || valueText(args, MAX_SEARCHED).toLowerCase().includes(wanted);
  };
}

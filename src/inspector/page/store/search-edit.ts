/**
 * Search edit: adds values to the text of a search and removes them. What else the user has written
 * stays as it is.
 */
import type { FieldName } from './search-fields.js';
import { isField, searchField } from './search-fields.js';
import type { Term } from './search-terms.js';
import { termsOf, termText } from './search-terms.js';

/** The values that a search asks of a field, those behind a minus not among them. */
export function valuesOf(text: string, field: FieldName): readonly string[] {
  return termsOf(text, isField)
    .filter((term) => term.field === field && !term.negated)
    .flatMap(({ values }) => values);
}

/** Whether a search asks for this value. */
export function asksFor(text: string, field: FieldName, value: string): boolean {
  return valuesOf(text, field).some((one) => isSame(one, value));
}

/**
 * The search with one value more; or with one value more that it leaves out. Names become
 * alternatives. A comparison takes the place of another one of the same field.
 */
export function withValue(text: string, field: FieldName, value: string, negated = false): string {
  // The same value, asked for and left out, would find nothing.
  const rest = withoutValue(text, field, value, !negated);
  const same = termsOf(rest, isField).find(
    (term) => term.field === field && term.negated === negated,
  );
  if (same === undefined) return added(rest, termText({ field, negated, values: [value] }));
  const isNames = searchField(field)?.of === 'names';
  const others = isNames ? same.values.filter((one) => !isSame(one, value)) : [];
  return replaced(rest, same, [...others, value]);
}

/** The search without a value, as far as it has it. */
export function withoutValue(
  text: string,
  field: FieldName,
  value: string,
  negated = false,
): string {
  const term = termsOf(text, isField).find(
    (one) =>
      one.field === field && one.negated === negated && one.values.some((of) => isSame(of, value)),
  );
  if (term === undefined) return text;
  return replaced(
    text,
    term,
    term.values.filter((one) => !isSame(one, value)),
  );
}

/** The search with this value if it lacks it, otherwise without. */
export function toggled(text: string, field: FieldName, value: string): string {
  return asksFor(text, field, value)
    ? withoutValue(text, field, value)
    : withValue(text, field, value);
}

/** The search with nothing asked of these fields. */
export function without(text: string, fields: readonly FieldName[]): string {
  const term = termsOf(text, isField).find(({ field }) => fields.some((name) => name === field));
  return term === undefined ? text : without(replaced(text, term, []), fields);
}

function replaced(text: string, term: Term, values: readonly string[]): string {
  const before = text.slice(0, term.start);
  const after = text.slice(term.end);
  if (values.length === 0) return [before.trimEnd(), after.trimStart()].filter(Boolean).join(' ');
  return `${before}${termText({ ...term, values })}${after}`;
}

function added(text: string, term: string): string {
  const before = text.trimEnd();
  return before === '' ? term : `${before} ${term}`;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

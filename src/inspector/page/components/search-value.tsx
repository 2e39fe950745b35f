/** Search value: a value that a click adds to the search; with Shift, the search leaves it out. */
import type { ComponentChildren, VNode } from 'preact';
import { search, show, UNSEARCHED, view } from '../live/view-state.js';
import { withValue } from '../store/search-edit.js';
import type { FieldName } from '../store/search-fields.js';
import { termText } from '../store/search-terms.js';
import { Name } from './name.js';

interface SearchValueProps {
  readonly field: FieldName;
  /** As the search writes it. */
  readonly value: string;
}

/** The value itself is the button. Not inside of another button. */
export function SearchValue({
  field,
  value,
  children = <Name text={value} />,
}: SearchValueProps & { readonly children?: ComponentChildren }): VNode {
  return (
    <button
      type="button"
      class="search-value"
      title={wordsFor(field, value)}
      data-testid="search-value"
      data-field={field}
      onClick={(event) => add(event, field, value)}
    >
      {children}
    </button>
  );
}

/**
 * A mark beside a value, for rows that a click opens. It is visible where the pointer is. For
 * keyboards there is the opened row, so the mark is no stop of the Tab key.
 */
export function AddToSearch({ field, value }: SearchValueProps): VNode {
  const words = wordsFor(field, value);
  return (
    <button
      type="button"
      class="search-add"
      tabIndex={-1}
      title={words}
      aria-label={words}
      data-testid="search-add"
      data-field={field}
      onClick={(event) => add(event, field, value)}
    />
  );
}

function add(event: MouseEvent, field: FieldName, value: string): void {
  event.stopPropagation();
  search.value = withValue(search.value, field, value, event.shiftKey);
  if (UNSEARCHED.has(view.value)) show('calls');
}

function wordsFor(field: FieldName, value: string): string {
  const term = termText({ field, values: [value], negated: false });
  return `Search for ${term} (with Shift: leave it out)`;
}

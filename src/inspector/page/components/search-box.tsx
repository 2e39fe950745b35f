/** Search box: the field of the search, with what its words may become. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { SEARCH_ID } from '../live/keyboard.js';
import { changing, search } from '../live/view-state.js';
import type { InspectionStore } from '../store/inspection-store.js';
import { searchProblems } from '../store/search.js';
import type { Completion, KnownNames } from '../store/search-completion.js';
import { completionsOf } from '../store/search-completion.js';
import { MAX_SEARCH_LENGTH } from '../store/search-terms.js';
import { Icon } from './icon.js';
import { useSession } from './page-context.js';

const LIST_ID = 'search-completions';
const PROBLEMS_ID = 'search-problems';

export function SearchBox(): VNode {
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  /** Where the caret is while the list is open. */
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState(-1);
  const offers =
    caret === undefined ? [] : completionsOf(search.value, caret, knownNames(session.store));
  const problems = searchProblems(search.value);
  const open = (at: number | undefined) => {
    setCaret(at);
    setChosen(-1);
  };
  const take = ({ text, caret: at }: Completion) => {
    search.value = text;
    if (input.current === null) return;
    // Now, because the caret can only be where the field has text.
    input.current.value = text;
    input.current.setSelectionRange(at, at);
    open(at);
  };
  const press = (event: KeyboardEvent) => {
    const offer = offers[chosen] ?? (event.key === 'Tab' ? offers[0] : undefined);
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (caret === undefined) open(input.current?.selectionStart ?? 0);
        else setChosen(after(chosen, event.key === 'ArrowDown' ? 1 : -1, offers.length));
        break;
      }
      case 'Tab':
      case 'Enter': {
        if (event.key === 'Tab' && (search.value.trim() === '' || event.shiftKey)) return;
        if (offer !== undefined) take(offer);
        else if (event.key === 'Tab') return;
        else endStep(open);
        break;
      }
      case 'Escape': {
        // The next one leaves the field.
        if (offers.length === 0) return;
        event.stopPropagation();
        open(undefined);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  };
  return (
    <div class="search">
      <label class="search-field">
        <Icon name="search" />
        <input
          ref={input}
          id={SEARCH_ID}
          type="text"
          role="combobox"
          placeholder="procedure:find -peer:10.0.0.7 rtt:>100ms, or any words"
          aria-label="Search"
          aria-autocomplete="list"
          aria-expanded={offers.length > 0}
          aria-controls={LIST_ID}
          aria-activedescendant={chosen === -1 ? undefined : optionId(chosen)}
          aria-describedby={PROBLEMS_ID}
          autocomplete="off"
          data-testid="search"
          maxLength={MAX_SEARCH_LENGTH}
          spellcheck={false}
          value={search.value}
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
            open(currentTarget.selectionStart ?? currentTarget.value.length);
          }}
          onClick={({ currentTarget }) => open(currentTarget.selectionStart ?? 0)}
          onKeyDown={press}
          onFocus={() => (changing.value = true)}
          onBlur={() => {
            changing.value = false;
            open(undefined);
          }}
        />
        <kbd>/</kbd>
      </label>
      <ul class="completions" id={LIST_ID} role="listbox" aria-label="How it may go on">
        {offers.map((offer, index) => (
          <li
            key={offer.term}
            id={optionId(index)}
            role="option"
            aria-selected={index === chosen}
            data-testid="completion"
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(offer)}
          >
            <b class="cut">{offer.term}</b>
            <span class="muted cut">{offer.means}</span>
          </li>
        ))}
      </ul>
      <p
        class={problems.length === 0 ? 'hidden' : 'search-problems'}
        id={PROBLEMS_ID}
        data-testid="search-problems"
      >
        {problems.join('; ')}
      </p>
    </div>
  );
}

/** What was typed is one step; what is typed from now on is another. */
function endStep(open: (caret: undefined) => void): void {
  changing.value = false;
  changing.value = true;
  open(undefined);
}

/** From one to the next, and from the last to none. */
function after(chosen: number, by: 1 | -1, count: number): number {
  const places = count + 1;
  return ((chosen + 1 + by + places) % places) - 1;
}

function optionId(index: number): string {
  return `${LIST_ID}-${index}`;
}

function knownNames({ procedures, peerAddresses, endpoints }: InspectionStore): KnownNames {
  return {
    procedure: procedures.names(),
    peer: peerAddresses.names(),
    endpoint: [...endpoints.values()].map(({ name }) => name),
  };
}

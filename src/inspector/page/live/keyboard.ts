/** The keys of the page. */
import { sideOf } from '../store/side-key.js';
import type { Session } from './session.js';
import {
  changing,
  cursor,
  helpOpen,
  openCall,
  openSide,
  show,
  UNSEARCHED,
  view,
  VIEWS,
} from './view-state.js';

/** The keys and what each does, for the help. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  [`1 – ${VIEWS.length}`, VIEWS.map(({ title }) => title).join(', ')],
  ['/', 'search'],
  ['j  k', 'next, previous call'],
  ['Enter', 'open the call'],
  ['Esc', 'go back'],
  ['Space', 'pause, continue'],
  ['.', 'apply one batch of records, while paused'],
  ['?', 'show or hide this help'],
];

export const SEARCH_ID = 'search';

export function startKeyboard(session: Session): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      // What is open over the page is closed by the browser.
      if (document.querySelector(':popover-open') === null) goBack(event.target);
    } else if (!isTyping(event.target)) {
      changing.value = event.repeat;
      if (press(event.key, session, event.target)) event.preventDefault();
    }
  });
  document.addEventListener('keyup', ({ target }) => {
    if (!isTyping(target)) changing.value = false;
  });
}

function press(key: string, session: Session, target: EventTarget | null): boolean {
  const numbered = VIEWS[Number(key) - 1];
  if (numbered !== undefined) {
    show(numbered.view);
    return true;
  }
  switch (key) {
    case '/':
      if (UNSEARCHED.has(view.value)) {
        show('calls');
        // Waits until the view is drawn.
        setTimeout(focusSearch);
      } else focusSearch();
      return true;
    case ' ':
      // On a button or a link, the space bar keeps its usual meaning.
      if (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement) return false;
      session.togglePause();
      return true;
    case '.':
      session.step();
      return true;
    case '?':
      helpOpen.value = !helpOpen.value;
      return true;
    case 'j':
    case 'k':
      move(session, key === 'j' ? 1 : -1);
      return true;
    case 'Enter':
      if (view.value !== 'calls' || cursor.value === undefined) return false;
      if (target instanceof HTMLButtonElement) return false;
      openCall(cursor.value);
      return true;
    default:
      return false;
  }
}

function focusSearch(): void {
  document.getElementById(SEARCH_ID)?.focus();
}

function move(session: Session, by: 1 | -1): void {
  const opened = view.value === 'call' ? sideOf(session.store, openSide.value) : undefined;
  const next = session.rows.near(opened ?? cursor.value, by);
  if (next === undefined) return;
  if (view.value === 'call') openCall(next);
  else {
    show('calls');
    cursor.value = next;
  }
}

function goBack(target: EventTarget | null): void {
  if (helpOpen.value) helpOpen.value = false;
  else if (target instanceof HTMLElement && isTyping(target)) target.blur();
  else if (view.value === 'calls') cursor.value = undefined;
  else show('calls');
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

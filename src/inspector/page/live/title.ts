/** Title: the title of the document names what is open, and how much fails. */
import { effect } from '@preact/signals';
import { failuresOf, failuresText } from '../store/failures.js';
import { sideOf } from '../store/side-key.js';
import { stateWords } from '../store/state-words.js';
import type { Session } from './session.js';
import { openPeer, openSide, search, UNSEARCHED, view, VIEWS } from './view-state.js';

export function startTitle(session: Session, write: (title: string) => void): void {
  let written = '';
  effect(() => {
    session.follow();
    const title = titleOf(session);
    if (title !== written) write(title);
    written = title;
  });
}

function titleOf(session: Session): string {
  const { store } = session;
  const { value: source } = session.source;
  const parts = [
    failuresText(failuresOf(store.endpoints.values())),
    openName(session) ?? VIEWS.find((one) => one.view === view.value)?.title,
    search.value.trim() === '' || UNSEARCHED.has(view.value) ? undefined : search.value.trim(),
    source.kind === 'file' ? source.name : undefined,
    'rpcudp',
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** The name of what is open in the view. */
function openName({ store }: Session): string | undefined {
  if (view.value === 'peers') return openPeer.value?.split(' ').at(-1);
  if (view.value !== 'call') return undefined;
  const side = sideOf(store, openSide.value);
  if (side === undefined) return undefined;
  return `${side.record.procedure} ${stateWords(side.state, side.kind).word}`;
}

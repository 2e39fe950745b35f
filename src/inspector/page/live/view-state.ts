/** What the user looks at. */
import { signal } from '@preact/signals';
import type { InspectionStore } from '../store/inspection-store.js';
import type { Side } from '../store/transaction.js';

export type View = 'calls' | 'call' | 'sequence' | 'peers' | 'fates';

/** In the order of their keys, 1 to 5. */
export const VIEWS: readonly { readonly view: View; readonly title: string }[] = [
  { view: 'calls', title: 'Calls' },
  { view: 'call', title: 'Call' },
  { view: 'sequence', title: 'Sequence' },
  { view: 'peers', title: 'Peers' },
  { view: 'fates', title: 'Fates' },
];

/** Names a side even after the store was filled anew. */
export interface SideKey {
  readonly transactionId: string;
  readonly endpoint: string;
  readonly actor: number;
}

interface Held {
  readonly number: number;
  /** What was cleared, or opened anew, is held no more. */
  readonly store: InspectionStore;
}

export const view = signal<View>(viewOfAddress());
export const helpOpen = signal(false);
/** The call that is open. */
export const openSide = signal<SideKey | undefined>(undefined);
/** The row that the keyboard is at. */
export const cursor = signal<Side | undefined>(undefined);
/**
 * While the user reads further down, or is at a row, the list of calls does not move: it ends at the call that was the newest
 * then.
 */
export const heldAt = signal<Held | undefined>(undefined);
/** The transaction whose frames alone the sequence shows. */
export const sequenceOf = signal<string | undefined>(undefined);

export function keyOf({ record }: Side): SideKey {
  return {
    transactionId: record.transactionId,
    endpoint: record.endpoint,
    actor: record.actor,
  };
}

/** Opens the call view. */
export function openCall(side: Side): void {
  openSide.value = keyOf(side);
  cursor.value = side;
  show('call');
}

export function show(next: View): void {
  view.value = next;
  history.replaceState(null, '', `#${next}`);
}

function viewOfAddress(): View {
  const name = location.hash.slice(1);
  return VIEWS.find((one) => one.view === name)?.view ?? 'calls';
}

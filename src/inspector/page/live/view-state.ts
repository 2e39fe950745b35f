/** View state: what the user is looking at. */
import { signal } from '@preact/signals';
import type { InspectionStore } from '../store/inspection-store.js';
import type { TimeRange } from '../store/time-range.js';
import type { Side } from '../store/transaction.js';

export type View =
  | ('overview' | 'calls' | 'call' | 'sequence' | 'topology' | 'peers')
  | ('datagrams' | 'machines' | 'fates');

/** In the order of their keys, from 1. */
export const VIEWS: readonly { readonly view: View; readonly title: string }[] = [
  { view: 'overview', title: 'Overview' },
  { view: 'calls', title: 'Calls' },
  { view: 'call', title: 'Call' },
  { view: 'sequence', title: 'Sequence' },
  { view: 'topology', title: 'Topology' },
  { view: 'peers', title: 'Peers' },
  { view: 'datagrams', title: 'Datagrams' },
  { view: 'machines', title: 'Machines' },
  { view: 'fates', title: 'Fates' },
];

/** Identifies a side, even after the store was filled again. */
export interface SideKey {
  readonly transactionId: string;
  readonly endpoint: string;
  readonly actor: number;
}

interface Held {
  readonly number: number;
  /** Only valid for this store: after a reset or another source there is a new store. */
  readonly store: InspectionStore;
}

export const view = signal<View>(viewOfAddress());
export const helpOpen = signal(false);
/** The call or handler in the call view. */
export const openSide = signal<SideKey | undefined>(undefined);
/** The row that the keyboard is on. */
export const cursor = signal<Side | undefined>(undefined);
/**
 * While the user reads further down or is on a row, the list of calls does not move. It then begins
 * at the call that was the newest at that moment.
 */
export const heldAt = signal<Held | undefined>(undefined);
/** The text of the search. All views show what it finds: see `store/search.ts`. */
export const search = signal('');
/** If set, all views show only what began in it. */
export const timeRange = signal<TimeRange | undefined>(undefined);
/** The keys of the endpoints that are shown. If empty: all. */
export const pickedEndpoints = signal<ReadonlySet<string>>(new Set());
/** The peer that is open in Peers, as the key of its endpoint and its address, with a space. */
export const openPeer = signal<string | undefined>(undefined);
/** If set, the sequence shows only the frames of this transaction. */
export const sequenceOf = signal<string | undefined>(undefined);

/** The key of the actor in the view of machines. */
export const openActor = signal<string | undefined>(undefined);
/** The number of its step that is looked at; undefined for the latest. */
export const openStep = signal<number | undefined>(undefined);

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

/** Shows an actor of the user, as it is now. */
export function openMachine(key: string): void {
  openActor.value = key;
  openStep.value = undefined;
  show('machines');
}

export function show(next: View): void {
  view.value = next;
  history.replaceState(null, '', `#${next}`);
}

function viewOfAddress(): View {
  const name = location.hash.slice(1);
  return VIEWS.find((one) => one.view === name)?.view ?? 'overview';
}

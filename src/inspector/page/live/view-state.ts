/**
 * View state: what the user is looking at. `address.ts` writes it into the URL of the page, and
 * reads it from there.
 */
import { signal } from '@preact/signals';
import type { Arrangement } from '../store/arrangement.js';
import { BY_AGE } from '../store/arrangement.js';
import type { SideKey } from '../store/side-key.js';
import { keyOf } from '../store/side-key.js';
import type { TimeRange } from '../store/time-range.js';
import type { Side } from '../store/transaction.js';

export type View =
  | ('overview' | 'calls' | 'call' | 'sequence' | 'topology' | 'peers')
  | ('datagrams' | 'machines' | 'fates');

/** In the order of their keys, from 1. The first is shown at the beginning. */
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

/** They show one call, or no calls, so there is nothing to search. */
export const UNSEARCHED: ReadonlySet<View> = new Set<View>(['call', 'fates']);

export const view = signal<View>('calls');
export const helpOpen = signal(false);
/** The call or handler in the call view. */
export const openSide = signal<SideKey | undefined>(undefined);
/** The row that the keyboard is on. */
export const cursor = signal<Side | undefined>(undefined);
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
/** In which order and groups the calls are listed. */
export const arrangement = signal<Arrangement>(BY_AGE);
/**
 * Set while the user types, or holds a key down: what changes meanwhile is one step when the user
 * goes back.
 */
export const changing = signal(false);
/** The key of the actor in the view of machines. */
export const openActor = signal<string | undefined>(undefined);
/** The number of its step that is looked at; undefined for the latest. */
export const openStep = signal<number | undefined>(undefined);

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
}

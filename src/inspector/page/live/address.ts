/**
 * Address: keeps the URL of the page and the view state the same. So a reload shows what was shown,
 * Back goes back, and a URL can be given to others.
 */
import { batch, effect } from '@preact/signals';
import type { Place } from '../store/place.js';
import { placeText, readPlace } from '../store/place.js';
import {
  arrangement,
  changing,
  openPeer,
  openSide,
  pickedEndpoints,
  search,
  sequenceOf,
  timeRange,
  view,
  VIEWS,
} from './view-state.js';

/** The part of the browser's history that this needs. The text is what follows the `#`. */
export interface AddressBar {
  text(): string;
  /** Replaces the current entry, or adds one after it. */
  write(text: string, how: 'replace' | 'add'): void;
  /** Calls when the user goes back or forward, or writes another address. */
  onMove(moved: () => void): void;
}

/** Begins with what the address says. */
export function startAddress(bar: AddressBar): void {
  /** Whether the latest entry was added by a change that is still going on. */
  let isGoingOn = false;
  let isArriving = true;
  const settle = () => {
    const text = placeText(herePlace());
    if (text === bar.text()) return;
    const isStep = !isArriving && !isGoingOn;
    bar.write(text, isStep ? 'add' : 'replace');
    isGoingOn = changing.peek();
  };
  const arrive = () => {
    isArriving = true;
    isGoingOn = false;
    batch(() => goTo(readPlace(bar.text())));
    // An address may say too much, or the same in other words.
    settle();
    isArriving = false;
  };
  effect(() => {
    if (!changing.value) isGoingOn = false;
  });
  arrive();
  effect(() => {
    herePlace();
    // What changes in one event is one step.
    queueMicrotask(settle);
  });
  bar.onMove(arrive);
}

function herePlace(): Place {
  return {
    view: view.value,
    search: search.value,
    timeRange: timeRange.value,
    endpoints: pickedEndpoints.value,
    call: openSide.value,
    peer: openPeer.value,
    transaction: sequenceOf.value,
    arrangement: arrangement.value,
  };
}

function goTo(place: Place): void {
  view.value = VIEWS.find((one) => one.view === place.view)?.view ?? VIEWS[0]?.view ?? 'calls';
  search.value = place.search;
  timeRange.value = place.timeRange;
  pickedEndpoints.value = place.endpoints;
  openSide.value = place.call;
  openPeer.value = place.peer;
  sequenceOf.value = place.transaction;
  arrangement.value = place.arrangement;
}

/** Datagram state: what the user is looking at in the view of the datagrams. */
import { signal } from '@preact/signals';
import type { DatagramFilter } from '../store/datagram-filter.js';
import { EVERY_DATAGRAM } from '../store/datagram-filter.js';
import type { Frame } from '../store/transaction.js';
import { pickedEndpoints, search, show, timeRange } from './view-state.js';

export const datagramFilter = signal<DatagramFilter>(EVERY_DATAGRAM);
/** The frame that is shown byte by byte. */
export const openFrame = signal<Frame | undefined>(undefined);
/**
 * While the user reads further down or has a frame open, the list does not move. It then begins at
 * this frame, which was the latest at that moment.
 */
export const heldFrame = signal<Frame | undefined>(undefined);

/** Shows a frame in the view of the datagrams. */
export function showFrame(frame: Frame): void {
  datagramFilter.value = EVERY_DATAGRAM;
  openFrame.value = frame;
  show('datagrams');
}

/** Shows the frames of an endpoint that had a fate, or a fate of this group. */
export function showFramesOf(endpoint: string, fate: string): void {
  datagramFilter.value = { ...EVERY_DATAGRAM, fate };
  openFrame.value = undefined;
  heldFrame.value = undefined;
  search.value = '';
  timeRange.value = undefined;
  pickedEndpoints.value = new Set([endpoint]);
  show('datagrams');
}

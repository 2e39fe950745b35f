/** Datagram filter: which frames are listed. */
import type { Frame, Side } from './transaction.js';

export interface DatagramFilter {
  readonly direction: 'both' | 'in' | 'out';
  /** If empty: all types. */
  readonly type: string;
  /**
   * A fate, a group of fates such as `malformed`, or `refused` for frames that the system did not
   * take. If empty: all.
   */
  readonly fate: string;
}

/** The filter that lists every frame. */
export const EVERY_DATAGRAM: DatagramFilter = { direction: 'both', type: '', fate: '' };

/** What the whole page is limited to. */
export interface PageScope {
  /** The words of the page's search. */
  readonly text: string;
  /** The page's search as a test of calls and handlers. */
  readonly sideTest: (side: Side) => boolean;
  /** If empty: all endpoints. */
  readonly endpoints: ReadonlySet<string>;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What became of a frame: its fate, or `refused`. Undefined for one that was sent. */
export function endingOf({ fate, datagram }: Frame): string | undefined {
  return fate ?? (datagram.refused === undefined ? undefined : 'refused');
}

/** The filter as a function that tests one frame. */
export function datagramTest(filter: DatagramFilter, scope: PageScope): (frame: Frame) => boolean {
  const { direction, type, fate } = filter;
  const { endpoints, fromMs, toMs, sideTest } = scope;
  const words = scope.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (frame) => {
    if (direction !== 'both' && frame.direction !== direction) return false;
    if (type !== '' && frame.type !== type) return false;
    if (fate !== '' && !isOf(endingOf(frame), fate)) return false;
    if (endpoints.size > 0 && !endpoints.has(frame.endpoint)) return false;
    if (frame.atMs < fromMs || frame.atMs > toMs) return false;
    const sides = frame.transaction?.sides ?? [];
    return words.length === 0 || sides.some(sideTest) || (sides.length === 0 && holds(frame, words));
  };
}

function isOf(ending: string | undefined, fate: string): boolean {
  return ending === fate || ending?.startsWith(`${fate}.`) === true;
}

/** Frames of no call are searched by their own words. */
function holds(frame: Frame, words: readonly string[]): boolean {
  const { type, peer, transaction } = frame;
  const text = `${type} ${endingOf(frame) ?? ''} ${peer} ${transaction?.id ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

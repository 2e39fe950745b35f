/**
 * Place: what the user looks at, as text behind the `#` of the page's URL, so that it can be kept,
 * shared and gone back to: `calls?search=is%3Afailed&sort=time&desc`.
 */
import type { Arrangement } from './arrangement.js';
import { BY_AGE, isColumn, isGrouping } from './arrangement.js';
import { MAX_SEARCH_LENGTH } from './search-terms.js';
import type { Selection } from './selection.js';
import type { SideKey } from './side-key.js';
import type { TimeRange } from './time-range.js';

export interface Place extends Selection {
  readonly view: string;
  /** The call in the call view. */
  readonly call: SideKey | undefined;
  /** The key of the endpoint and the address of the peer in Peers, with a space. */
  readonly peer: string | undefined;
  /** The transaction whose frames Sequence shows. */
  readonly transaction: string | undefined;
  readonly arrangement: Arrangement;
}

/** Longer text is not a place: this page writes none. */
const MAX_LENGTH = 64_000;
const MAX_ENDPOINTS = 64;

/** The place as text, without what is as it is anyway. */
export function placeText(place: Place): string {
  const { view, search, timeRange, endpoints, call, peer, transaction, arrangement } = place;
  const parts = new URLSearchParams();
  if (search !== '') parts.set('search', search.slice(0, MAX_SEARCH_LENGTH));
  if (timeRange !== undefined) parts.set('time', `${timeRange.fromMs}-${timeRange.toMs}`);
  for (const endpoint of [...endpoints].slice(0, MAX_ENDPOINTS)) parts.append('on', endpoint);
  if (call !== undefined) {
    parts.set('call', `${call.transactionId}.${call.actor}.${call.endpoint}`);
  }
  if (peer !== undefined) parts.set('peer', peer);
  if (transaction !== undefined) parts.set('frames', transaction);
  const { column, descending, grouping } = arrangement;
  if (column !== BY_AGE.column || descending) {
    parts.set('sort', `${column}${descending ? '-down' : ''}`);
  }
  if (grouping !== undefined) parts.set('group', grouping);
  if (parts.size === 0) return view;
  return `${view}?${parts.toString().replace(READABLE, decodeURIComponent)}`;
}

/** These mean nothing here, so they can stay as people write them. */
const READABLE = /%3A|%2C|%2F/g;

/** The place that a text means. What it does not say, or says wrong, is as it is anyway. */
export function readPlace(text: string): Place {
  const [view = '', query = ''] = split(text.length > MAX_LENGTH ? '' : text, '?');
  const parts = new URLSearchParams(query);
  return {
    view,
    search: parts.get('search') ?? '',
    timeRange: readTimeRange(parts.get('time') ?? ''),
    endpoints: new Set(parts.getAll('on').slice(0, MAX_ENDPOINTS)),
    call: readSideKey(parts.get('call') ?? ''),
    peer: parts.get('peer') ?? undefined,
    transaction: parts.get('frames') ?? undefined,
    arrangement: readArrangement(parts.get('sort') ?? '', parts.get('group') ?? ''),
  };
}

function readTimeRange(text: string): TimeRange | undefined {
  const [, from, to] = /^(\d{1,15}(?:\.\d+)?)-(\d{1,15}(?:\.\d+)?)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  return { fromMs: Number(from), toMs: Number(to) };
}

function readSideKey(text: string): SideKey | undefined {
  const [, transactionId, actor, endpoint] = /^([\da-f]{40})\.(\d{1,15})\.(.+)$/s.exec(text) ?? [];
  if (transactionId === undefined || endpoint === undefined) return undefined;
  return { transactionId, actor: Number(actor), endpoint };
}

function readArrangement(sort: string, group: string): Arrangement {
  const [column = '', down] = split(sort, '-');
  const order = isColumn(column)
    ? { column, descending: down === 'down' }
    : { column: BY_AGE.column, descending: false };
  return { ...order, grouping: isGrouping(group) ? group : undefined };
}

/** The text before and after the first mark. */
function split(text: string, mark: string): string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

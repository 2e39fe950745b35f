/**
 * Peer order: which peers are listed, and in which order. It is made anew at most every two seconds,
 * because a list whose rows change places faster cannot be used.
 */
import type { PeerState } from './endpoint-state.js';
import type { InspectionStore } from './inspection-store.js';
import { pairKey } from './side-pairs.js';
import { stateWords } from './state-words.js';
import type { TimeRange } from './time-range.js';
import { isIn } from './time-range.js';

/** What peers can be sorted by, with the words for it. */
export const PEER_SORTS = {
  trouble: 'worst first',
  address: 'by address',
  endpoint: 'by endpoint',
  roundTrip: 'slowest first',
  load: 'busiest first',
} as const;

export type PeerSort = keyof typeof PEER_SORTS;

export interface PeerChoice {
  readonly sort: PeerSort;
  readonly reversed: boolean;
  /** Each word must occur in the address, the endpoint's name or the health. */
  readonly text: string;
  /** The keys of the endpoints that know the peers. If empty: all. */
  readonly picked: ReadonlySet<string>;
  /** The keys of the peers to list; if absent: all. */
  readonly pairs: ReadonlySet<string> | undefined;
  readonly range: TimeRange | undefined;
}

/** How long the order of the peers holds, so that nothing moves under the pointer. */
export const REFRESH_MS = 2_000;

export class PeerOrder {
  #listed: readonly PeerState[] = [];
  #store: InspectionStore | undefined;
  #choice: PeerChoice | undefined;
  #madeAtMs = -Infinity;

  /** @param choice the same object as long as nothing else is chosen */
  listed(store: InspectionStore, choice: PeerChoice, nowMs: number): readonly PeerState[] {
    const isFresh = Math.abs(nowMs - this.#madeAtMs) < REFRESH_MS && this.#listed.length > 0;
    if (isFresh && choice === this.#choice && store === this.#store) return this.#listed;
    this.#store = store;
    this.#choice = choice;
    this.#madeAtMs = nowMs;
    this.#listed = peersOf(store, choice);
    return this.#listed;
  }
}

/** The chosen peers in the chosen order. */
export function peersOf({ peers, endpoints }: InspectionStore, choice: PeerChoice): PeerState[] {
  const nameOf = (key: string) => endpoints.get(key)?.name ?? key;
  const names = [...endpoints.keys()].sort((a, b) =>
    compare(addressKey(nameOf(a)), addressKey(nameOf(b))),
  );
  const places = new Map(names.map((key, place) => [key, place]));
  const words = choice.text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = peers
    .filter((peer) => isWanted(peer, choice))
    .filter((peer) => words.length === 0 || holdsAll(peer, nameOf(peer.endpoint), words))
    .map((peer) => ({
      peer,
      rank: rankOf(peer, choice.sort),
      place: places.get(peer.endpoint) ?? names.length,
      key: addressKey(peer.address),
    }));
  const byEndpoint = Number(choice.sort === 'endpoint');
  rows.sort(
    (a, b) =>
      a.rank - b.rank ||
      byEndpoint * (a.place - b.place) ||
      compare(a.key, b.key) ||
      a.place - b.place,
  );
  if (choice.reversed) rows.reverse();
  return rows.map(({ peer }) => peer);
}

function isWanted(peer: PeerState, { picked, pairs, range }: PeerChoice): boolean {
  if (peer.latest === undefined) return false;
  if (picked.size > 0 && !picked.has(peer.endpoint)) return false;
  if (pairs !== undefined && !pairs.has(pairKey(peer))) return false;
  if (range === undefined) return true;
  return (
    peer.records.items().some(({ atMs }) => isIn(range, atMs)) ||
    peer.roundTrips.items().some(({ atMs }) => isIn(range, atMs))
  );
}

function holdsAll(peer: PeerState, name: string, words: readonly string[]): boolean {
  const health = stateWords(peer.latest?.health ?? 'unknown').word;
  const searched = `${peer.address} ${name} ${health}`.toLowerCase();
  return words.every((word) => searched.includes(word));
}

const HEALTHS = ['silent', 'suspect', 'responsive', 'unknown'];

/** The lower, the nearer to the top. */
function rankOf({ latest }: PeerState, sort: PeerSort): number {
  switch (sort) {
    case 'trouble': {
      const rank = HEALTHS.indexOf(latest?.health ?? 'unknown');
      return rank === -1 ? HEALTHS.length : rank;
    }
    case 'roundTrip':
      return -(latest?.roundTripMs ?? -1);
    case 'load':
      return latest === undefined ? 0 : -(latest.inFlight + latest.queued + latest.running);
    case 'address':
    case 'endpoint':
      return 0;
  }
}

/**
 * A text whose order is that of the numbers in the address: 10.0.0.9 comes before 10.0.0.10. A
 * collator does that, too, but takes far longer than a frame for ten thousand.
 */
function addressKey(address: string): string {
  return address.replace(/\d+/g, (digits) => digits.padStart(5, '0'));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

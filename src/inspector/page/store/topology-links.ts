/**
 * Topology links: who calls whom, and how it goes. Both ends may tell of the same calls. Then the
 * caller is believed, because it knows the round trip.
 */
import { peerLane } from './arrows.js';
import type { PeerState } from './endpoint-state.js';
import type { InspectionStore } from './inspection-store.js';
import { callsByPeer } from './peer-rates.js';
import type { TimeRange } from './time-range.js';

/** `bad`: the peer is silent, or much is lost. `warn`: that may be so. */
export type Trouble = 'warn' | 'bad' | undefined;

/** From who calls to who is called. */
export interface TopologyLink {
  /** The key of an endpoint, or `peer` and an address. */
  readonly from: string;
  readonly to: string;
  /** The other end, as the endpoint saw it that tells of the link. */
  readonly peer: PeerState;
  readonly callsPerSecond: number;
  /** The share of transmissions that no answer followed; undefined if there were too few. */
  readonly loss: number | undefined;
  readonly roundTripMs: number | undefined;
  readonly health: string;
  readonly trouble: Trouble;
}

/** Which links there are. */
export interface LinkChoice {
  /** The keys of the endpoints that tell. If empty: all. */
  readonly picked: ReadonlySet<string>;
  /** The endpoint and the peer, with a space between, of each link; if absent: all. */
  readonly pairs: ReadonlySet<string> | undefined;
  readonly range: TimeRange;
}

const LOSS_WARN = 0.05;
const LOSS_BAD = 0.25;

/** A key for a link, and for the order of links. */
export function linkKey({ from, to }: Pick<TopologyLink, 'from' | 'to'>): string {
  return `${from} → ${to}`;
}

/** The links that these peers are, one for each direction. */
export function linksOf(
  peers: readonly PeerState[],
  { endpoints, aliases }: InspectionStore,
  choice: LinkChoice,
): TopologyLink[] {
  const { range } = choice;
  const rates = new Map<string, ReadonlyMap<string, number>>();
  for (const [key, { counts }] of endpoints) {
    if (isPicked(choice, key)) rates.set(key, callsByPeer(counts.items(), range));
  }
  const links = new Map<string, TopologyLink>();
  const add = (link: TopologyLink) => {
    const isOver = endpoints.get(link.peer.endpoint)?.closed !== undefined;
    if (isOver && link.callsPerSecond === 0) return;
    const key = linkKey(link);
    if (!links.has(key)) links.set(key, link);
  };
  const here = (peer: PeerState) => peer.endpoint;
  const there = (peer: PeerState) =>
    aliases.endpointAt(peer.endpoint, peer.address, endpoints) ?? peerLane(peer.address);
  for (const peer of peers) {
    if (peer.sent === undefined) continue;
    const counted = rates.get(peer.endpoint)?.get(peer.address);
    add(callingLink(here(peer), there(peer), peer, counted, range));
  }
  for (const peer of peers) {
    if (peer.asked !== undefined) add(askedLink(there(peer), here(peer), peer, range));
  }
  for (const peer of peers) {
    if (peer.sent !== undefined || peer.asked !== undefined) continue;
    // Nothing went either way, so it is one link for both.
    const link = callingLink(here(peer), there(peer), peer, 0, range);
    if (!links.has(linkKey({ from: link.to, to: link.from }))) add(link);
  }
  return [...links.values()];
}

/** Whether an endpoint is among the picked ones. */
export function isPicked({ picked }: Pick<LinkChoice, 'picked'>, endpoint: string): boolean {
  return picked.size === 0 || picked.has(endpoint);
}

function callingLink(
  from: string,
  to: string,
  peer: PeerState,
  counted: number | undefined,
  range: TimeRange,
): TopologyLink {
  const { callsPerSecond = 0, loss } = peer.sent?.over(range) ?? {};
  const health = peer.latest?.health ?? 'unknown';
  return {
    from,
    to,
    peer,
    // What the endpoint counted holds for calls that it did not show, too.
    callsPerSecond: Math.max(counted ?? 0, callsPerSecond),
    loss,
    roundTripMs: peer.latest?.roundTripMs ?? undefined,
    health,
    trouble: troubleOf(health, loss),
  };
}

/** The link of a peer that asks. Its round trip and its view of the endpoint's health are not known. */
function askedLink(from: string, to: string, peer: PeerState, range: TimeRange): TopologyLink {
  const { callsPerSecond = 0, loss } = peer.asked?.over(range) ?? {};
  const roundTripMs = undefined;
  const health = 'unknown';
  return {
    from,
    to,
    peer,
    callsPerSecond,
    loss,
    roundTripMs,
    health,
    trouble: troubleOf('', loss),
  };
}

function troubleOf(health: string, loss = 0): Trouble {
  if (health === 'silent' || loss >= LOSS_BAD) return 'bad';
  return health === 'suspect' || loss >= LOSS_WARN ? 'warn' : undefined;
}

/** Topology: endpoints and peers as nodes, and the links between them. */
import type { EndpointState } from './endpoint-state.js';
import type { InspectionStore } from './inspection-store.js';
import { isPicked, linkKey, linksOf } from './topology-links.js';
import type { LinkChoice, TopologyLink, Trouble } from './topology-links.js';

export interface TopologyNode {
  /** The key of an endpoint, or `peer` and an address. */
  readonly key: string;
  readonly name: string;
  readonly address: string;
  /** Absent: it does not feed the inspector. */
  readonly endpoint: EndpointState | undefined;
  /** The worst of the links that end here. */
  readonly trouble: Trouble;
}

export interface Topology {
  /** In the order of their keys. */
  readonly nodes: readonly TopologyNode[];
  /** Those in trouble first, then the busiest. */
  readonly links: readonly TopologyLink[];
  /** How many peers were left out beyond the limits, those that nobody used for longest first. */
  readonly peersLeftOut: number;
}

export interface TopologyChoice extends LinkChoice {
  /** The nodes that are shown already: they stay before others that are as well. */
  readonly shown: ReadonlySet<string>;
}

/** More would not be readable. */
export const MAX_NODES = 200;
const MAX_LINKS = 600;
/** Looking at all ten thousand peers would take longer than a frame. */
const MAX_LOOKED_AT = 1_000;

export function topologyOf(store: InspectionStore, choice: TopologyChoice): Topology {
  const peers = store.peers.filter(
    ({ endpoint, address, latest }) =>
      isPicked(choice, endpoint) &&
      store.endpoints.has(endpoint) &&
      latest?.health !== 'forgotten' &&
      (choice.pairs?.has(`${endpoint} ${address}`) ?? true),
  );
  // The store has them in the order of use.
  const used = peers.slice(-MAX_LOOKED_AT);
  const candidates = linksOf(used, store, choice).sort(byInterest(choice.shown));
  const keys = new Set<string>();
  for (const [key, { closed }] of store.endpoints) {
    if (closed === undefined && isPicked(choice, key)) keys.add(key);
  }
  const links: TopologyLink[] = [];
  const leftOut = new Set<string>();
  for (const link of candidates) {
    const missing = [link.from, link.to].filter((key) => !keys.has(key));
    if (keys.size + missing.length > MAX_NODES) for (const key of missing) leftOut.add(key);
    else if (links.length < MAX_LINKS) {
      for (const key of missing) keys.add(key);
      links.push(link);
    }
  }
  const troubles = new Map<string, Trouble>();
  for (const { to, trouble } of links) {
    if (troubles.get(to) !== 'bad' && trouble !== undefined) troubles.set(to, trouble);
  }
  return {
    nodes: [...keys].sort().map((key) => nodeOf(key, store, troubles.get(key))),
    links,
    peersLeftOut: leftOut.size + peers.length - used.length,
  };
}

function nodeOf(key: string, { endpoints }: InspectionStore, trouble: Trouble): TopologyNode {
  const endpoint = endpoints.get(key);
  if (endpoint !== undefined) {
    return { key, name: endpoint.name, address: endpoint.record.address, endpoint, trouble };
  }
  const address = key.replace(/^peer /, '');
  return { key, name: address, address, endpoint, trouble };
}

function byInterest(shown: ReadonlySet<string>): (a: TopologyLink, b: TopologyLink) => number {
  const isShown = ({ from, to }: TopologyLink) => Number(shown.has(from) && shown.has(to));
  return (a, b) =>
    weight(b.trouble) - weight(a.trouble) ||
    isShown(b) - isShown(a) ||
    b.callsPerSecond - a.callsPerSecond ||
    (linkKey(a) < linkKey(b) ? -1 : 1);
}

function weight(trouble: Trouble): number {
  return trouble === 'bad' ? 2 : Number(trouble === 'warn');
}

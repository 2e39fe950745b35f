/** Sequence lanes: between which lanes frames go, and how many go there. */
import type { Surroundings } from './arrows.js';
import { laneOf } from './arrows.js';
import type { EndpointState } from './endpoint-state.js';
import { Tally } from './tally.js';
import type { Frame } from './transaction.js';

export interface Lane {
  /** The key of an endpoint, or `peer` and an address. */
  readonly lane: string;
  /** How many of the frames begin or end here. */
  readonly frames: number;
}

/** All lanes of these frames: first endpoints in the order in which they came, then peers. */
export function lanesOf(frames: readonly Frame[], surroundings: Surroundings): Lane[] {
  const busy = new Tally();
  for (const { endpoint, peer } of frames) {
    busy.add(endpoint);
    const other = laneOf(endpoint, peer, surroundings);
    if (other !== endpoint) busy.add(other);
  }
  return inOrder(busy, surroundings.endpoints).map((lane) => ({ lane, frames: busy.get(lane) }));
}

/** Lanes as they stand beside each other: endpoints, then peers, the busiest first. */
export function inOrder(busy: Tally, endpoints: ReadonlyMap<string, EndpointState>): string[] {
  const known = [...endpoints.keys()].filter((lane) => busy.get(lane) > 0);
  const others = busy
    .names()
    .filter((lane) => !endpoints.has(lane))
    .sort((a, b) => busy.get(b) - busy.get(a));
  return [...known, ...others];
}

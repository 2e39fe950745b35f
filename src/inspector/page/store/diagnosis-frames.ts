/**
 * Diagnosis frames: which frames arrived, from whom to whom. Only frames are counted of which it is
 * known: both ends feed the inspector, and the receiver has shown all that it got since before.
 */
import { arrowsOf, LOST_AFTER_MS } from './arrows.js';
import type { Arrow } from './arrows.js';
import type { Edge } from './diagnosis-blame.js';
import type { EndpointState } from './endpoint-state.js';
import type { InspectionStore } from './inspection-store.js';
import type { Parties, Party } from './parties.js';
import { Spread } from './spread.js';
import type { Transaction } from './transaction.js';

/** The frames that one party sent to another: all, and those that were lost. */
export interface FrameEdge extends Edge {
  all: number;
  bad: number;
}

/** Records of two processes may differ by this when their clocks do. */
const CLOCK_SLACK_MS = 100;

export class FrameEvidence {
  readonly #store: InspectionStore;
  readonly #parties: Parties;
  readonly #nowMs: number;
  /** By sender and receiver, so bounded by the pairs of endpoints that call each other. */
  readonly #edges = new Map<Party, Map<Party, FrameEdge>>();
  /** Since when all frames that an endpoint received are known; Infinity if not all are shown. */
  readonly #knownFrom = new Map<string, number>();

  constructor(store: InspectionStore, parties: Parties, nowMs: number) {
    this.#store = store;
    this.#parties = parties;
    this.#nowMs = nowMs;
    for (const [key, endpoint] of store.endpoints) this.#knownFrom.set(key, knownFrom(endpoint));
  }

  get edges(): FrameEdge[] {
    return [...this.#edges.values()].flatMap((edges) => [...edges.values()]);
  }

  look({ frames }: Transaction): void {
    const { endpoints, aliases } = this.#store;
    for (const arrow of arrowsOf(frames, { endpoints, aliases, nowMs: this.#nowMs })) {
      const { sent, received } = arrow;
      if (sent === undefined) continue;
      const isLost = arrow.arrival === 'lost' && this.#wasThere(arrow);
      if (!isLost && received === undefined) continue;
      const from = this.#parties.ofEndpoint(arrow.from);
      const to = this.#parties.ofEndpoint(arrow.to);
      // A copy that the network made was not sent.
      if (from === undefined || to === undefined || arrow.repetition === 'duplicate') continue;
      const edge = this.#edge(from, to);
      edge.all += 1;
      if (!isLost) continue;
      edge.bad += 1;
      edge.badAt.add(arrow.sentAtMs);
    }
  }

  /** Whether its receiver was there all the time, and would have told that it came. */
  #wasThere({ to, sentAtMs }: Arrow): boolean {
    const knownFromMs = this.#knownFrom.get(to) ?? Infinity;
    const closed = this.#store.endpoints.get(to)?.closed;
    if (closed !== undefined && sentAtMs > closed.atMs - LOST_AFTER_MS) return false;
    return sentAtMs >= knownFromMs + CLOCK_SLACK_MS;
  }

  #edge(from: Party, to: Party): FrameEdge {
    let edges = this.#edges.get(from);
    if (edges === undefined) {
      edges = new Map();
      this.#edges.set(from, edges);
    }
    let edge = edges.get(to);
    if (edge === undefined) {
      edge = { from, to, all: 0, bad: 0, badAt: new Spread() };
      edges.set(to, edge);
    }
    return edge;
  }
}

/**
 * The hub forgets the oldest records first, and an endpoint tells its counts all the time: what it
 * told after the first counts that are known, is known. What it left out, it counts.
 */
function knownFrom({ counts }: EndpointState): number {
  const [first] = counts.items();
  const last = counts.last();
  if (first === undefined || last === undefined || last.oneIn > 1) return Infinity;
  const hidden = last.skipped.handlers + last.skipped.calls;
  return hidden > first.skipped.handlers + first.skipped.calls ? Infinity : first.atMs;
}

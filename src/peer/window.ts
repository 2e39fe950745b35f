/**
 * Window: limits the calls in flight to a peer. It grows by one with each answer and halves when an
 * answer does not come in time. A missing answer must be treated as congestion (RFC 8085, section
 * 3.1.1), so that the callers on a congested path all slow down.
 */
import type { CallActor } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';

const LEAST = 1;

export interface WindowLimits {
  readonly initialWindow: number;
  readonly window: number;
}

/** How many calls may be in flight to a peer that has not answered yet. */
export function firstLimit({ initialWindow, window }: WindowLimits): number {
  return Math.min(initialWindow, window);
}

/**
 * The calls that have a place in the window. Bounded by `limit`, except for calls that were already
 * in flight when the limit shrank.
 */
export class Window extends LinkedList<CallActor> {
  readonly #most: number;
  #limit: number;
  #limitBeforeShrinking: number;

  constructor(limits: WindowLimits) {
    super();
    this.#most = limits.window;
    this.#limit = firstLimit(limits);
    this.#limitBeforeShrinking = this.#limit;
  }

  get limit(): number {
    return this.#limit;
  }

  get full(): boolean {
    return this.size >= this.#limit;
  }

  grow(): void {
    if (this.#limit < this.#most) this.#limit += 1;
  }

  shrink(): void {
    this.#limitBeforeShrinking = this.#limit;
    this.#limit = Math.max(Math.floor(this.#limit / 2), LEAST);
  }

  /** The last expiry was not caused by congestion: the peer is still working. */
  forgiveShrinking(): void {
    this.#limit = Math.max(this.#limit, this.#limitBeforeShrinking);
  }
}

/**
 * A peer's window: the calls in flight to it, and how many there may be. It grows by one with each answer
 * and halves when an answer does not come in time, which has to be read as congestion (RFC 8085, section
 * 3.1.1), so that callers give way to each other on a path that is full.
 */
import type { CallActor } from '../call/call.js';
import { LinkedList } from '../call/linked-list.js';

const LEAST = 1;

/** The bounds of a window; see the endpoint's options of the same names. */
export interface WindowLimits {
  readonly initialWindow: number;
  readonly window: number;
}

/** Bounded by its own `limit`, but for calls already in flight when that shrank. */
export class Window extends LinkedList<CallActor> {
  readonly #most: number;
  #limit: number;
  #limitBeforeShrinking: number;

  constructor({ initialWindow, window }: WindowLimits) {
    super();
    this.#most = window;
    this.#limit = Math.min(initialWindow, window);
    this.#limitBeforeShrinking = this.#limit;
  }

  /** How many calls may be in flight, for now. */
  get limit(): number {
    return this.#limit;
  }

  get full(): boolean {
    return this.size >= this.#limit;
  }

  /** An answer came. */
  grow(): void {
    if (this.#limit < this.#most) this.#limit += 1;
  }

  /** An answer did not come in time. */
  shrink(): void {
    this.#limitBeforeShrinking = this.#limit;
    this.#limit = Math.max(Math.floor(this.#limit / 2), LEAST);
  }

  /** The last expiry was no congestion: the peer is still at work. */
  forgiveShrinking(): void {
    this.#limit = Math.max(this.#limit, this.#limitBeforeShrinking);
  }
}

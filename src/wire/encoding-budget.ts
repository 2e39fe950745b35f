import { MAX_DATAGRAM_BYTES } from './frame.js';

/**
 * What a value may still cost while it is walked: at least a byte an item, and text and binary at
 * least their length. It ends the walk over structures that share a part so often, or are so long,
 * that no datagram could carry them, before anything is encoded.
 */
export class EncodingBudget {
  #bytesLeft = MAX_DATAGRAM_BYTES;

  /** Throws `OverBudget` once the value cannot fit in any datagram. */
  spend(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft < 0) throw new OverBudget();
  }
}

/** Thrown inside the walk: the value takes more than any datagram holds. */
export class OverBudget extends Error {}

import type { Buffer } from 'node:buffer';
import { DROP, type Drop, isDrop } from './drop.js';
import { skim } from './skim.js';
import { readValue } from './value-reader.js';

/** A value, and the offset just after it. */
export interface Decoded {
  readonly value: unknown;
  readonly end: number;
}

/**
 * Decodes the msgpack value at `offset` of a datagram, or gives a `Drop` that says why it cannot be
 * had; ask with `isDrop`. Never throws.
 */
export function decodeValue(datagram: Buffer, offset: number): Decoded | Drop {
  const skimmed = skim(datagram, offset);
  if (isDrop(skimmed)) return skimmed;
  const { end } = skimmed;
  try {
    const value = readValue(datagram, offset);
    return isDrop(value) ? value : { value, end };
  } catch {
    return DROP.undecodable;
  }
}

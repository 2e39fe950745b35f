import type { Buffer } from 'node:buffer';
import { DROP, type Drop, isDrop } from './drop.js';
import { readValue } from './piecewise-reader.js';
import { restore } from './restore.js';
import { ODDITY, skim } from './skim.js';
import { decodeSound } from './value-stream.js';

/*
 * Values as they arrive:
 *
 * - nil is null; text is a string; an array is an array; a float is a number.
 * - An integer is a number where that is exact (to ±(2^53 − 1)), a bigint beyond.
 * - Binary is a Uint8Array of its own.
 * - A map whose keys are all strings is an object; with any other key it is a Map. Equal keys
 *   drop the datagram (key-identity.ts says which are), for one would be lost; so does the key
 *   `__proto__`, for no object may carry it safely.
 * - A timestamp is a Date, or a PreciseDate when it is finer than a millisecond.
 * - Any other extension is ExtData.
 *
 * @msgpack/msgpack decodes them. Most bodies it reads whole, some of which need a second look; the few that it
 * cannot read without loss are given to it in pieces.
 */

/** A value, and the offset just after it. */
export interface Decoded {
  readonly value: unknown;
  readonly end: number;
}

/** What makes it necessary to read a value piece by piece. */
const READ_PIECEWISE = ODDITY.key | ODDITY.index | ODDITY.byteOrderMark;

/**
 * Decodes the msgpack value at `offset` of a datagram, or gives a `Drop` that says why it cannot be
 * had; ask with `isDrop`. Never throws.
 */
export function decodeValue(datagram: Buffer, offset: number): Decoded | Drop {
  const skimmed = skim(datagram, offset);
  if (isDrop(skimmed)) return skimmed;
  const { end, odd, entries } = skimmed;
  try {
    if ((odd & READ_PIECEWISE) !== 0) return decoded(readValue(datagram, offset), end);
    const value = decodeSound(datagram, offset, end);
    if (odd === 0 && entries === 0) return { value, end };
    return decoded(restore(value, entries), end);
  } catch {
    return DROP.undecodable;
  }
}

function decoded(value: unknown, end: number): Decoded | Drop {
  return isDrop(value) ? value : { value, end };
}

/**
 * Decoder: turns the msgpack of a body into a value.
 *
 * - nil becomes null, text a string, an array an array, and a float a number.
 * - An integer becomes a number where that is exact (up to ±(2^53 − 1)), otherwise a bigint.
 * - Binary becomes a Uint8Array with its own memory.
 * - A map with only string keys becomes an object; with any other key it becomes a Map. A map with
 *   equal keys (key-identity.ts defines them) drops the datagram, because one of them would be
 *   lost. The key `__proto__` also drops the datagram, because an object cannot hold it safely.
 * - A timestamp becomes a Date, or a PreciseDate if it is finer than a millisecond.
 * - Any other extension becomes ExtData.
 *
 * The library `@msgpack/msgpack` decodes the values. It reads most bodies as a whole, and some of
 * them are corrected afterwards. A few bodies would lose something, so it gets them in pieces.
 */
import type { Buffer } from 'node:buffer';
import { DROP, type Drop, isDrop } from './drop.js';
import { readValue } from './piecewise-reader.js';
import { restore } from './restore.js';
import { ODDITY, skim } from './skim.js';
import { decodeSound } from './value-stream.js';

export interface Decoded {
  readonly value: unknown;
  readonly end: number;
}

/** The oddities that require reading a value piece by piece. */
const READ_PIECEWISE = ODDITY.key | ODDITY.index | ODDITY.byteOrderMark;

/**
 * Decodes the msgpack value at `offset` of a datagram. If that is not possible, gives a `Drop` with
 * the reason; test for it with `isDrop`. Never throws.
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

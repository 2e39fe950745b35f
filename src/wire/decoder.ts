import type { Buffer } from 'node:buffer';
import { Decoder } from '@msgpack/msgpack';
import { DROP, type Drop, isDrop } from './drop.js';
import { readExact } from './exact-reader.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { skim } from './skim.js';

/*
 * Values as they arrive:
 *
 * - nil is null; text is a string; an array is an array; a float is a number.
 * - An integer is a number where that is exact (to ±(2^53 − 1)), a bigint beyond.
 * - Binary is a Uint8Array of its own, never a view of the datagram.
 * - A map whose keys are all strings is an object; with any other key it is a Map. Equal keys
 *   drop the datagram (key-identity.ts says which are), for one would be lost; so does the key
 *   `__proto__`, for no object may carry it safely.
 * - A timestamp is a Date, or a PreciseDate when it is finer than a millisecond.
 * - Any other extension is ExtData.
 *
 * A plain value, the common one, is @msgpack/msgpack's work; what the library cannot give without
 * loss is read by exact-reader.ts. Bytes after the value are ignored, as Python's rpcudp does.
 */

/** `skim` has bounded every length already; the limits are here in case it is wrong. */
const decoder = new Decoder({
  maxStrLength: MAX_DATAGRAM_BYTES,
  maxBinLength: MAX_DATAGRAM_BYTES,
  maxArrayLength: MAX_DATAGRAM_BYTES,
  maxMapLength: MAX_DATAGRAM_BYTES,
  maxExtLength: MAX_DATAGRAM_BYTES,
});

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
  const { end, plain, keys } = skimmed;
  try {
    if (!plain) {
      const value = readExact(datagram, offset);
      return isDrop(value) ? value : { value, end };
    }
    const value = decoder.decode(datagram.subarray(offset, end));
    if (keys > 1 && countKeys(value) < keys) return DROP.duplicateKey;
    return { value, end };
  } catch {
    return DROP.undecodable;
  }
}

/**
 * The keys of all objects in a plain value: fewer than `skim` saw when a key came twice. The objects
 * have found equal keys already, and their hashes are seeded, so that nobody can make this slow.
 */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countKeys(item);
    return count;
  }
  const keys = Object.keys(value);
  for (const key of keys) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === 'object') count += countKeys(item);
  }
  return count + keys.length;
}

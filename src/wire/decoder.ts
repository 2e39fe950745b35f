import type { Buffer } from 'node:buffer';
import { Decoder } from '@msgpack/msgpack';
import { DROP, isDrop } from './drop.js';
import { readExact } from './exact-reader.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { skim } from './skim.js';

/*
 * Values as they arrive:
 *
 * - nil is null; text is a string; an array is an array; a float is a number.
 * - An integer is a number where that is exact (to ±(2^53 − 1)), a bigint beyond.
 * - Binary is a Uint8Array of its own, never a view of the datagram.
 * - A map whose keys are all strings is an object; with any other key it is a Map. Of equal keys the
 *   last wins. A map with the key `__proto__` drops the datagram, for no object may carry it safely.
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

/**
 * Decodes the msgpack value at `offset` of a datagram. Gives the value, or a `Drop` that says why it
 * cannot be had; ask with `isDrop`. Never throws.
 */
export function decodeValue(datagram: Buffer, offset: number): unknown {
  const skimmed = skim(datagram, offset);
  if (isDrop(skimmed)) return skimmed;
  try {
    return skimmed.plain
      ? decoder.decode(datagram.subarray(offset, skimmed.end))
      : readExact(datagram, offset);
  } catch {
    return DROP.undecodable;
  }
}

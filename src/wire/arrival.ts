/** Arrival: what a value will be at the other end, where a schema judges it. */
import { Buffer } from 'node:buffer';
import { isDate } from 'node:util/types';
import { decodeValue } from './decoder.js';
import { isDrop } from './drop.js';
import { encodeBody } from './encoder.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { MAX_DEPTH } from './skim.js';

/**
 * The value as it arrives: a `bigint` as a number if that is exact, a `Buffer` as a `Uint8Array`, an
 * object without the properties that are undefined. Most values arrive as they are, and are not
 * copied.
 *
 * Throws for a value that cannot be sent.
 */
export function asItArrives(value: unknown): unknown {
  if (arrivesAsItIs(value, 0)) return value;
  const body = encodeBody(
    value,
    { name: 'value', ownLists: 0 },
    MAX_DATAGRAM_BYTES,
    (bytes) => new RangeError(`${bytes}`),
  );
  const decoded = decodeValue(Buffer.from(body, 'latin1'), 0);
  return isDrop(decoded) ? value : decoded.value;
}

function arrivesAsItIs(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return !Object.is(value, -0);
    case 'object':
      return value === null || (depth < MAX_DEPTH && objectArrivesAsItIs(value, depth + 1));
    default:
      return false;
  }
}

function objectArrivesAsItIs(value: object, depth: number): boolean {
  if (Array.isArray(value)) return value.every((item: unknown) => arrivesAsItIs(item, depth));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Uint8Array.prototype) return true;
  if (prototype !== Object.prototype) return isDate(value) && prototype === Date.prototype;
  return Object.values(value).every((item: unknown) => arrivesAsItIs(item, depth));
}

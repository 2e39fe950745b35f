/**
 * Key identity: defines which map keys are equal. A map must not have equal keys: in JavaScript the
 * last one would win, in other languages perhaps the first, and Python's u-msgpack refuses them.
 *
 * - Numbers of the same value are equal, however they are encoded: 1 as an integer of any length
 *   and 1.0; 0 and -0; NaN and NaN. JavaScript has one number for them.
 * - Texts, binaries and extensions of the same type are equal when their bytes are equal.
 *   Timestamps are equal when they are the same nanosecond. Arrays and maps are equal when their
 *   items are equal; the order of a map does not matter.
 * - Keys of different types are different: 1 and "1", "a" and the binary 61, 1 and true. A float
 *   and an integer over 2^53 of the same value are different, too: they become a number and a
 *   bigint.
 */
import { Buffer } from 'node:buffer';
import { ExtData } from '@msgpack/msgpack';
import { PreciseDate } from './timestamp.js';

/**
 * Gives the same text for two decoded map keys exactly when they are equal. Each piece of the text
 * has its length or ends with a `;`, so that pieces cannot be confused.
 */
export function identityOf(key: unknown): string {
  switch (typeof key) {
    case 'string':
      return `s${key.length}:${key}`;
    case 'number':
      return `n${key};`;
    case 'bigint':
      return `i${key};`;
    case 'object':
      return key === null ? 'null;' : identityOfObject(key);
    default:
      return `${String(key)};`;
  }
}

function identityOfObject(key: object): string {
  if (Array.isArray(key)) return `a${key.length}:${key.map(identityOf).join('')}`;
  if (key instanceof Uint8Array) return `b${key.length}:${latin1Of(key)}`;
  if (key instanceof PreciseDate) return `t${key.getTime()}.${key.subMillisecondNanoseconds};`;
  if (key instanceof Date) return `t${key.getTime()}.0;`;
  // Decoded ExtData holds bytes, although the library's type allows more.
  if (key instanceof ExtData) return `e${key.type};${identityOf(key.data)}`;
  const entries = key instanceof Map ? [...(key as Map<unknown, unknown>)] : Object.entries(key);
  const identities = entries.map((entry) => identityOf(entry[0]) + identityOf(entry[1]));
  return `m${identities.length}:${identities.sort().join('')}`;
}

function latin1Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

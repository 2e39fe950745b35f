import { Buffer } from 'node:buffer';
import { ExtData } from '@msgpack/msgpack';
import { PreciseDate } from './timestamp.js';

/*
 * Which map keys are equal. No map may have two: the last would win here and the first elsewhere, and
 * Python's u-msgpack refuses them.
 *
 * - Numbers of the same value are equal, however they are written: 1 as an integer of any length and
 *   1.0; 0 and -0; NaN and NaN. JavaScript has one number for them.
 * - Text, binary and extensions of one type are equal when their bytes are, moments when they are the
 *   same nanosecond, arrays and maps as keys when they hold equal items; a map's order does not matter.
 * - What is of different types is different: 1 and "1", "a" and the binary 61, 1 and true. So are a float
 *   and an integer over 2^53 of the same value, a number and a bigint here.
 */

/**
 * A text that two decoded map keys share exactly when they are equal. Its pieces say their length or
 * end in a `;`, so that none can pass for another.
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
  // A decoded one holds bytes; the library's type allows for more.
  if (key instanceof ExtData) return `e${key.type};${identityOf(key.data)}`;
  const entries = key instanceof Map ? [...(key as Map<unknown, unknown>)] : Object.entries(key);
  const identities = entries.map((entry) => identityOf(entry[0]) + identityOf(entry[1]));
  return `m${identities.length}:${identities.sort().join('')}`;
}

function latin1Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

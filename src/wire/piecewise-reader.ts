/**
 * Piecewise reader: reads a value piece by piece. This reader builds the arrays and maps, and the
 * library decodes the values in them. It is for the few bodies that the library cannot read as a
 * whole:
 *
 * - A map with a key that is not a string becomes a Map. The library makes only objects, in which
 *   the keys 1 and "1" are the same.
 * - Keys like "7" are stored sparsely, which must be set up before the first such key is stored.
 * - A text that begins with U+FEFF keeps this character.
 *
 * Equal keys, as key-identity.ts defines them, drop the datagram.
 *
 * Only bytes that `skim` found sound may be read. Nothing is checked here, and `skim` has limited
 * the depth of the recursion.
 */
import type { Buffer } from 'node:buffer';
import { DROP } from './drop.js';
import {
  KIND_ARRAY,
  KIND_EXTENSION,
  KIND_MAP,
  KIND_STRING,
  kindOf,
  payloadAt,
  sizeOf,
} from './format.js';
import { couldBeIndex, storeIndicesSparsely } from './index-key.js';
import { identityOf } from './key-identity.js';
import { restoreScalar } from './restore.js';
import { startsWithByteOrderMark } from './utf8.js';
import { decodeSound } from './value-stream.js';

/**
 * Reads the msgpack value at `offset` of a datagram that `skim` found sound. Gives the `Drop`
 * `duplicateKey` if a map has equal keys; test for it with `isDrop`.
 */
export function readValue(datagram: Buffer, offset: number): unknown {
  const reader = new PiecewiseReader(datagram, offset);
  const value = reader.read();
  return reader.foundDuplicateKey ? DROP.duplicateKey : value;
}

class PiecewiseReader {
  foundDuplicateKey = false;
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.#position = offset;
  }

  read(): unknown {
    const bytes = this.#bytes;
    const start = this.#position;
    const kind = kindOf(bytes[start] as number);
    const size = sizeOf(bytes, start);
    const payload = payloadAt(bytes, start);
    this.#position = payload;
    if (kind === KIND_ARRAY) return this.#readArray(size);
    if (kind === KIND_MAP) return this.#readMap(size);
    const end = payload + size + (kind === KIND_EXTENSION ? 1 : 0);
    this.#position = end;
    if (kind === KIND_STRING && startsWithByteOrderMark(bytes, payload, end)) {
      // No option makes the library keep U+FEFF in a text of more than 200 bytes.
      return bytes.toString('utf8', payload, end);
    }
    return restoreScalar(decodeSound(bytes, start, end));
  }

  #readArray(length: number): unknown[] {
    // Allocated at once: `push` would reserve room for 16 more items.
    const items = new Array<unknown>(length);
    for (let index = 0; index < length; index += 1) items[index] = this.read();
    return items;
  }

  #readMap(length: number): object {
    const object: Record<string, unknown> = {};
    /** The keys in their order. An object would move keys like "7" to the front. */
    const keys: string[] = [];
    let hasIndex = false;
    for (let index = 0; index < length; index += 1) {
      const keyAt = payloadAt(this.#bytes, this.#position);
      const key = this.read();
      if (typeof key !== 'string') {
        const map = new Map(keys.map((text): [unknown, unknown] => [text, object[text]]));
        this.#readEntries(map, key, length - index);
        if (map.size < length) this.foundDuplicateKey = true;
        return map;
      }
      if (!hasIndex && couldBeIndex(this.#bytes, keyAt, this.#position)) {
        hasIndex = true;
        storeIndicesSparsely(object);
      }
      object[key] = this.read();
      keys.push(key);
    }
    if (length > 1 && Object.keys(object).length < length) this.foundDuplicateKey = true;
    return object;
  }

  /** Reads `count` entries. The key of the first one, `firstKey`, has already been read. */
  #readEntries(map: Map<unknown, unknown>, firstKey: unknown, count: number): void {
    /** A `Map` treats two equal arrays or binaries as different keys. */
    const objectKeys = new Set<string>();
    for (let key = firstKey, left = count; left > 0; left -= 1) {
      map.set(key, this.read());
      if (typeof key === 'object' && key !== null) {
        const identity = identityOf(key);
        if (objectKeys.has(identity)) this.foundDuplicateKey = true;
        objectKeys.add(identity);
      }
      if (left > 1) key = this.read();
    }
  }
}

import { Buffer } from 'node:buffer';
import { ExtData } from '@msgpack/msgpack';
import { DROP } from './drop.js';
import { identityOf } from './key-identity.js';
import { decodeTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';

/*
 * Values as they arrive:
 *
 * - nil is null; text is a string; an array is an array; a float is a number.
 * - An integer is a number where that is exact (to ±(2^53 − 1)), a bigint beyond.
 * - Binary is a Uint8Array of its own, never a view of the datagram: one kept view of 20 bytes would pin
 *   the whole receive buffer.
 * - A map whose keys are all strings is an object; with any other key it is a Map. Equal keys
 *   drop the datagram (key-identity.ts says which are), for one would be lost; so does the key
 *   `__proto__`, for no object may carry it safely.
 * - A timestamp is a Date, or a PreciseDate when it is finer than a millisecond.
 * - Any other extension is ExtData.
 *
 * The decoder of @msgpack/msgpack cannot: it rounds 64-bit integers, merges the keys 1 and "1", gives views
 * of the datagram, and strips U+FEFF. It also takes three times as long for a small body (474 and 156 ns for
 * a name and a short text), because it makes a DataView for each.
 *
 * Only bytes that `skim` found sound may be read: nothing is checked here, and `skim` has bounded
 * the recursion.
 */

/**
 * The msgpack value at `offset` of a datagram that `skim` found sound; or the `Drop`
 * `duplicateKey`, which `isDrop` tells apart from every value.
 */
export function readValue(datagram: Buffer, offset: number): unknown {
  reader.start(datagram, offset);
  const value = reader.read();
  reader.letGo();
  return reader.foundDuplicateKey ? DROP.duplicateKey : value;
}

const NO_BYTES = Buffer.alloc(0);

/** Up to this length a loop reads ASCII faster than a native call; beyond, its concatenations cost more. */
const MAX_LOOPED_TEXT_BYTES = 8;

class ValueReader {
  foundDuplicateKey = false;
  #bytes: Buffer = NO_BYTES;
  #position = 0;

  start(bytes: Buffer, offset: number): void {
    this.#bytes = bytes;
    this.#position = offset;
    this.foundDuplicateKey = false;
  }

  /** Lets the datagram go, which would be kept until the next one. */
  letGo(): void {
    this.#bytes = NO_BYTES;
  }

  read(): unknown {
    const code = this.#readUint(1);
    if (code < 0x80) return code;
    if (code < 0x90) return this.#readMap(code & 0x0f);
    if (code < 0xa0) return this.#readArray(code & 0x0f);
    if (code < 0xc0) return this.#readString(code & 0x1f);
    if (code >= 0xe0) return code - 0x100;
    switch (code) {
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#readBinary(this.#readUint(1 << (code - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#readExtension(this.#readUint(1 << (code - 0xc7)));
      case 0xca:
        return this.#bytes.readFloatBE(this.#advance(4));
      case 0xcb:
        return this.#bytes.readDoubleBE(this.#advance(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#readUint(1 << (code - 0xcc));
      case 0xcf:
        return numberIfExact(this.#bytes.readBigUInt64BE(this.#advance(8)));
      case 0xd0:
        return this.#bytes.readInt8(this.#advance(1));
      case 0xd1:
        return this.#bytes.readInt16BE(this.#advance(2));
      case 0xd2:
        return this.#bytes.readInt32BE(this.#advance(4));
      case 0xd3:
        return numberIfExact(this.#bytes.readBigInt64BE(this.#advance(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#readExtension(1 << (code - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#readString(this.#readUint(1 << (code - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#readArray(this.#readUint(2 << (code - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#readMap(this.#readUint(2 << (code - 0xde)));
      default:
        return null;
    }
  }

  #readArray(length: number): unknown[] {
    // Not grown by push, which sets aside room for 16 more.
    const items = new Array<unknown>(length);
    for (let index = 0; index < length; index += 1) items[index] = this.read();
    return items;
  }

  #readMap(length: number): object {
    const object: Record<string, unknown> = {};
    /** In the order they came: an object moves keys like "7" to the front. */
    const keys: string[] = [];
    let hasIndex = false;
    for (let index = 0; index < length; index += 1) {
      const key = this.read();
      if (typeof key !== 'string') {
        const map = new Map(keys.map((text): [unknown, unknown] => [text, object[text]]));
        this.#readEntries(map, key, length - index);
        if (map.size < length) this.foundDuplicateKey = true;
        return map;
      }
      if (!hasIndex && couldBeIndex(key)) {
        hasIndex = true;
        storeIndicesSparsely(object);
      }
      object[key] = this.read();
      keys.push(key);
    }
    if (length > 1 && Object.keys(object).length < length) this.foundDuplicateKey = true;
    return object;
  }

  /** Reads `count` entries, of the first only the value: its key is `firstKey`. */
  #readEntries(map: Map<unknown, unknown>, firstKey: unknown, count: number): void {
    /** A `Map` takes two equal arrays, or binaries, for different keys. */
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

  #readString(length: number): string {
    const start = this.#advance(length);
    if (length > MAX_LOOPED_TEXT_BYTES) return this.#bytes.toString('utf8', start, this.#position);
    let text = '';
    for (let offset = start; offset < this.#position; offset += 1) {
      const byte = this.#bytes[offset] as number;
      if (byte >= 0x80) return this.#bytes.toString('utf8', start, this.#position);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #readBinary(length: number): Uint8Array {
    const start = this.#advance(length);
    return new Uint8Array(this.#bytes.subarray(start, this.#position));
  }

  #readExtension(length: number): Date | ExtData {
    const type = this.#bytes.readInt8(this.#advance(1));
    const data = this.#readBinary(length);
    return type === TIMESTAMP_EXTENSION ? decodeTimestamp(data) : new ExtData(type, data);
  }

  #readUint(length: number): number {
    let value = 0;
    for (let end = this.#position + length; this.#position < end; this.#position += 1) {
      value = value * 0x100 + (this.#bytes[this.#position] as number);
    }
    return value;
  }

  /** Moves on by `length` bytes and gives the offset they start at. */
  #advance(length: number): number {
    const start = this.#position;
    this.#position += length;
    return start;
  }
}

/** There is one, for reading calls nobody who could read as well: it costs no memory for each datagram. */
const reader = new ValueReader();

/** The highest index there is: whoever holds it cannot be stored as an array. */
const MAX_INDEX = 2 ** 32 - 2;

function couldBeIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 0x30 && first <= 0x39 && key.length <= String(MAX_INDEX).length;
}

/**
 * Has V8 keep an object's indices in a hash table; it goes on doing so until an array is no larger. Of its own
 * accord it makes an array as long as the highest index: 12 KB for an object of six bytes on the wire.
 */
function storeIndicesSparsely(object: Record<number, unknown>): void {
  object[MAX_INDEX] = null;
  Reflect.deleteProperty(object, MAX_INDEX);
}

function numberIfExact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

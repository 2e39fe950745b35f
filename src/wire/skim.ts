/**
 * Skim: checks one msgpack value before it is decoded. It allocates nothing except a view for a
 * string of 64 bytes or more, so that to refuse a hostile body costs less than to receive it did. A
 * value that it accepts is safe to decode:
 *
 * 1. Every item takes at least one byte, so there are never more items to come than bytes left.
 *    Therefore all arrays that a decoder creates have fewer items together than the datagram has
 *    bytes.
 * 2. Arrays and maps nest at most MAX_DEPTH deep. The outermost one counts as 1.
 * 3. Strings are UTF-8; timestamps fit a Date; 0xc1 does not occur; no map has the key `__proto__`.
 *
 * It also reports the oddities that the decoder does not handle. It does not look for equal keys:
 * to find them in linear time without allocating would take a hash table. The decoder creates one
 * anyway.
 */
import { DROP, type Drop } from './drop.js';
import {
  inlineSize,
  KIND_ARRAY,
  KIND_BINARY,
  KIND_EXTENSION,
  KIND_MAP,
  KIND_RESERVED,
  KIND_SCALAR,
  KIND_STRING,
  kindOf,
  readUint,
  scalarBytes,
  sizeFieldBytes,
} from './format.js';
import { couldBeIndex } from './index-key.js';
import { isTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';
import { isUtf8Range, startsWithByteOrderMark } from './utf8.js';

/** How deep arrays and maps may nest, sent or received. The outermost one counts as 1. */
export const MAX_DEPTH = 32;

/** Values that @msgpack/msgpack does not decode as this package needs them. A bit for each. */
export const ODDITY = Object.freeze({
  /** An integer of 64 bits: it becomes a bigint, however small it is. */
  integer64: 1,
  /** Binary: it becomes a view of the decoded bytes. */
  binary: 2,
  /** A map key that is not text: in the library's objects, the keys 1 and "1" are the same. */
  key: 4,
  /** A map key like "7": V8 may store it in an array as long as the highest (index-key.ts). */
  index: 8,
  /** Text that begins with U+FEFF: the library removes this character from long text. */
  byteOrderMark: 16,
});

/** The result of a walk. The same object is used for the next walk, so read it at once. */
export interface Skimmed {
  /** The offset just after the value. Bytes after it do not belong to it. */
  readonly end: number;
  /** The oddities of the value: bits of `ODDITY`. */
  readonly odd: number;
  /** The entries of all maps, without maps of one entry, which have no equal keys. */
  readonly entries: number;
}

/**
 * Called for every sound item in order: where it starts, where its own bytes end (the elements of
 * an array are separate items), how many arrays and maps contain it, and whether it is the key of a
 * map.
 */
export type ItemVisitor = (offset: number, end: number, depth: number, isKey: boolean) => void;

const PROTO = Uint8Array.from('__proto__', (character) => character.charCodeAt(0));

const result = { end: 0, odd: 0, entries: 0 };
/** How many items are still to come in each open array or map. Level 0 is for the value itself. */
const itemsDue = new Int32Array(MAX_DEPTH + 1);
const isMap = new Uint8Array(MAX_DEPTH + 1);

/**
 * Walks the msgpack value at `offset`. Gives where it ends, or why it must be dropped. Bytes after
 * the value are not read. `visit` must not call `skim`.
 */
export function skim(bytes: Uint8Array, offset: number, visit?: ItemVisitor): Skimmed | Drop {
  const limit = bytes.length;
  let position = offset;
  let depth = 0;
  let due = 1;
  let odd = 0;
  let entries = 0;
  itemsDue[0] = 1;
  isMap[0] = 0;
  if (limit - position < due) return DROP.truncated;

  while (due > 0) {
    while (itemsDue[depth] === 0) depth -= 1;
    const left = itemsDue[depth] as number;
    const isKey = isMap[depth] === 1 && (left & 1) === 0;
    itemsDue[depth] = left - 1;
    due -= 1;

    const start = position;
    const code = bytes[position++] as number;
    const kind = kindOf(code);
    if (isKey && kind !== KIND_STRING) odd |= ODDITY.key;

    /** The number of items or entries of an array or map, otherwise the length of the payload. */
    let size: number;
    if (kind === KIND_SCALAR) {
      size = scalarBytes(code);
      if (size === 8 && code !== 0xcb) odd |= ODDITY.integer64;
    } else if (kind === KIND_RESERVED) {
      return DROP.reserved;
    } else {
      const sizeBytes = sizeFieldBytes(code);
      if (limit - position < sizeBytes) return DROP.truncated;
      size = sizeBytes === 0 ? inlineSize(code) : readUint(bytes, position, sizeBytes);
      position += sizeBytes;
    }

    if (kind === KIND_ARRAY || kind === KIND_MAP) {
      visit?.(start, position, depth, isKey);
      const items = kind === KIND_MAP ? size * 2 : size;
      due += items;
      if (due > limit - position) return DROP.truncated;
      if (depth === MAX_DEPTH) return DROP.depth;
      depth += 1;
      itemsDue[depth] = items;
      isMap[depth] = kind === KIND_MAP ? 1 : 0;
      if (kind === KIND_MAP && size > 1) entries += size;
      continue;
    }

    if (kind === KIND_EXTENSION) size += 1;
    const end = position + size;
    if (end > limit) return DROP.truncated;
    if (kind === KIND_STRING) {
      if (!isUtf8Range(bytes, position, end)) return DROP.utf8;
      if (startsWithByteOrderMark(bytes, position, end)) odd |= ODDITY.byteOrderMark;
      if (isKey) {
        if (isProto(bytes, position, end)) return DROP.key;
        if (couldBeIndex(bytes, position, end)) odd |= ODDITY.index;
      }
    } else if (kind === KIND_BINARY) {
      odd |= ODDITY.binary;
    } else if (kind === KIND_EXTENSION) {
      const type = ((bytes[position] as number) << 24) >> 24;
      if (type === TIMESTAMP_EXTENSION && !isTimestamp(bytes, position + 1, end)) {
        return DROP.timestamp;
      }
    }
    position = end;
    visit?.(start, position, depth, isKey);
    if (due > limit - position) return DROP.truncated;
  }

  result.end = position;
  result.odd = odd;
  result.entries = entries;
  return result;
}

function isProto(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== PROTO.length) return false;
  for (let index = 0; index < PROTO.length; index += 1) {
    if (bytes[start + index] !== PROTO[index]) return false;
  }
  return true;
}

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

/*
 * The guard in front of the decoder. It walks one msgpack value and allocates nothing (but a view for
 * a string of 64 bytes or more), so that refusing a hostile body costs less than the datagram did.
 * What it lets through is safe to decode:
 *
 * 1. Every item takes at least a byte, so the items that are still due can never be more than the
 *    bytes that are left. Arrays that a decoder creates therefore sum up to less than the datagram.
 * 2. Arrays and maps nest at most MAX_DEPTH deep, the outermost counted as 1.
 * 3. Strings are UTF-8; timestamps fit a Date; 0xc1 does not occur; no map has the key `__proto__`.
 *
 * It also says what the decoder needs help with. It does not look for equal keys: to find them without
 * allocating, and in linear time, would take a hash table of its own, and who decodes has one.
 */

/** How deep arrays and maps may nest, in both directions; the outermost counts as 1. */
export const MAX_DEPTH = 32;

/** What the decoder of @msgpack/msgpack does not read as it should be. A bit for each. */
export const ODDITY = Object.freeze({
  /** An integer of 64 bits: it is a bigint, however small. */
  integer64: 1,
  /** Binary: it is a view of the bytes that were decoded. */
  binary: 2,
  /** A map key that is no text: there are only objects, in which 1 and "1" are one. */
  key: 4,
  /** A map key like "7": it is stored in an array as long as the highest (see index-key.ts). */
  index: 8,
  /** Text that begins with U+FEFF: it is stripped from long text. */
  byteOrderMark: 16,
});

/** What a walk found. There is one, used again by the next walk: read it at once. */
export interface Skimmed {
  /** Offset just after the value. What follows is not part of it. */
  readonly end: number;
  /** Bits of `ODDITY`: what was met. */
  readonly odd: number;
  /** How many entries the maps have, those of one entry not counted: they have no equal keys. */
  readonly entries: number;
}

/**
 * Hears of every sound item in turn: where it starts, where its own bytes end (an array's items are
 * items of their own), how many arrays and maps it lies in, and whether it is a map's key.
 */
export type ItemVisitor = (offset: number, end: number, depth: number, isKey: boolean) => void;

const PROTO = Uint8Array.from('__proto__', (character) => character.charCodeAt(0));

const result = { end: 0, odd: 0, entries: 0 };
/** Items still due in each open array or map; level 0 holds the value itself. */
const itemsDue = new Int32Array(MAX_DEPTH + 1);
const isMap = new Uint8Array(MAX_DEPTH + 1);

/**
 * Walks the msgpack value at `offset` and says where it ends, or why it must be dropped. Bytes after
 * the value are not looked at. `visit` must not call `skim`.
 */
export function skim(bytes: Uint8Array, offset: number, visit?: ItemVisitor): Skimmed | Drop {
  const limit = bytes.length;
  let position = offset;
  let depth = 0;
  /** Items still due in all open arrays and maps together. */
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

    /** Of an array or map its count, else the length of the payload. */
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

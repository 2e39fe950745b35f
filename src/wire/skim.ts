import { DROP, type Drop } from './drop.js';
import { isTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';
import { isUtf8Range } from './utf8.js';

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
 * It does not look for equal keys: to find them without allocating, and in linear time, would take a hash
 * table of its own, and who decodes has one.
 */

/** How deep arrays and maps may nest, in both directions; the outermost counts as 1. */
export const MAX_DEPTH = 32;

/** What a walk found. There is one, used again by the next walk: read it at once. */
export interface Skimmed {
  /** Offset just after the value. What follows is not part of it. */
  readonly end: number;
}

/**
 * Hears of every sound item in turn: where it starts, where its own bytes end (an array's items are
 * items of their own), how many arrays and maps it lies in, and whether it is a map's key.
 */
export type ItemVisitor = (offset: number, end: number, depth: number, isKey: boolean) => void;

const PROTO = Uint8Array.from('__proto__', (character) => character.charCodeAt(0));

/** Payload bytes of 0xca to 0xd3: float 32 and 64, uint 8 to 64, int 8 to 64. */
const NUMBER_BYTES = Uint8Array.of(4, 8, 1, 2, 4, 8, 1, 2, 4, 8);

const result = { end: 0 };
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

    /** Of an array or map its count, else the length of the payload. */
    let size: number;
    if (kind === KIND_SCALAR) {
      size = scalarBytes(code);
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
      continue;
    }

    if (kind === KIND_EXTENSION) size += 1;
    const end = position + size;
    if (end > limit) return DROP.truncated;
    if (kind === KIND_STRING) {
      if (!isUtf8Range(bytes, position, end)) return DROP.utf8;
      if (isKey && isProto(bytes, position, end)) return DROP.key;
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
  return result;
}

const KIND_SCALAR = 0;
const KIND_RESERVED = 1;
const KIND_STRING = 2;
const KIND_BINARY = 3;
const KIND_EXTENSION = 4;
const KIND_ARRAY = 5;
const KIND_MAP = 6;

function kindOf(code: number): number {
  if (code < 0x80 || code >= 0xe0) return KIND_SCALAR;
  if (code < 0x90) return KIND_MAP;
  if (code < 0xa0) return KIND_ARRAY;
  if (code < 0xc0) return KIND_STRING;
  if (code === 0xc1) return KIND_RESERVED;
  if (code < 0xc4) return KIND_SCALAR;
  if (code < 0xc7) return KIND_BINARY;
  if (code < 0xca) return KIND_EXTENSION;
  if (code < 0xd4) return KIND_SCALAR;
  if (code < 0xd9) return KIND_EXTENSION;
  if (code < 0xdc) return KIND_STRING;
  return code < 0xde ? KIND_ARRAY : KIND_MAP;
}

function scalarBytes(code: number): number {
  return code >= 0xca && code <= 0xd3 ? (NUMBER_BYTES[code - 0xca] as number) : 0;
}

/** Length of the field that gives the size; 0 where the code itself does. */
function sizeFieldBytes(code: number): number {
  if (code < 0xc0 || (code >= 0xd4 && code <= 0xd8)) return 0;
  // Binary, extension and string come in 8, 16 and 32 bits, array and map in 16 and 32.
  if (code <= 0xc6) return 1 << (code - 0xc4);
  if (code <= 0xc9) return 1 << (code - 0xc7);
  if (code <= 0xdb) return 1 << (code - 0xd9);
  return (code & 1) === 0 ? 2 : 4;
}

function inlineSize(code: number): number {
  if (code >= 0xd4) return 1 << (code - 0xd4);
  return code >= 0xa0 ? code & 0x1f : code & 0x0f;
}

function readUint(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let index = offset; index < offset + length; index += 1) {
    value = value * 0x100 + (bytes[index] as number);
  }
  return value;
}

function isProto(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== PROTO.length) return false;
  for (let index = 0; index < PROTO.length; index += 1) {
    if (bytes[start + index] !== PROTO[index]) return false;
  }
  return true;
}

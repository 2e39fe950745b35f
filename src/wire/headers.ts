/**
 * Headers: texts and binaries that a call, or the reply to it, carries beside its values, such as a
 * token. They are an entry of the header map, so old peers never see them.
 */
import { Buffer } from 'node:buffer';
import { isUint8Array } from 'node:util/types';
import { quote } from '../errors.js';
import { isDrop } from './drop.js';
import { KIND_BINARY, KIND_MAP, KIND_STRING, kindOf, payloadAt, sizeOf } from './format.js';
import { isPlainObject } from './plain-object.js';
import { ODDITY, skim } from './skim.js';

/**
 * Headers by name. A name has 1 to 64 letters, digits, `.`, `_` and `-`, of ASCII, and begins with a
 * letter; case matters. A value is text or binary. A header that is undefined is left out.
 *
 * A call, and a reply, may have 15 headers and 400 bytes of them in MessagePack: for each its name,
 * its value in UTF-8, and 2 to 5 bytes.
 */
export type CallHeaders = Readonly<Record<string, string | Uint8Array | undefined>>;

/** The headers where there are none. Received headers have no prototype either, and are frozen. */
export const NO_HEADERS: CallHeaders = Object.freeze(Object.create(null) as CallHeaders);

/** Any map of msgpack in one byte holds so many. */
export const MAX_HEADERS = 15;

/** The most bytes that headers may take when they are sent, as a map in msgpack. */
export const MAX_HEADERS_BYTES = 400;

/** The most that are read: somewhat more, as those with `(masked)` in place of a value are longer. */
export const MAX_READ_HEADERS_BYTES = 512;

export const MAX_HEADER_NAME_LENGTH = 64;
const NAME = /^[A-Za-z][A-Za-z0-9._-]*$/;

const FIXMAP = 0x80;
const FIXSTR = 0xa0;
const STR_8 = 0xd9;
const STR_16 = 0xda;
const BIN_8 = 0xc4;
const BIN_16 = 0xc5;
const MAX_FIXSTR_BYTES = 31;

/** The last copy that is short text alone, and its entries. The next headers are often the same. */
let lastCopied: CallHeaders | undefined;
let lastEntries: readonly (readonly [name: string, value: unknown])[] = [];

/**
 * A copy of the headers, which their owner may change later; undefined if there are none. What is no
 * object with headers is left as it is. Equal texts give the same copy.
 */
export function someHeaders(headers: CallHeaders | undefined): CallHeaders | undefined {
  if (headers === undefined || !isPlainObject(headers)) return headers;
  if (lastCopied !== undefined && areLastEntries(headers)) return lastCopied;
  const own: Record<string, string | Uint8Array | undefined> = { ...headers };
  const entries = Object.entries<unknown>(own);
  for (const [name, value] of entries) if (isUint8Array(value)) own[name] = new Uint8Array(value);
  if (entries.every(([, value]) => value === undefined)) return undefined;
  Object.freeze(own);
  if (entries.length <= MAX_HEADERS && entries.every(isShortText)) {
    lastCopied = own;
    lastEntries = entries;
  }
  return own;
}

/** What is in a binary may be changed by who holds the call, and a long text cannot be sent. */
function isShortText([, value]: readonly [string, unknown]): boolean {
  return typeof value === 'string' && value.length <= MAX_HEADERS_BYTES;
}

/** Whether these are the headers that were copied last. Allocates nothing. */
function areLastEntries(headers: CallHeaders): boolean {
  let index = 0;
  for (const name in headers) {
    const entry = lastEntries[index];
    if (entry?.[0] !== name || entry[1] !== headers[name]) return false;
    index += 1;
  }
  return index === lastEntries.length;
}

/** Makes the error for headers that cannot be sent, from what is wrong with them. */
export type HeadersMistake = (problem: string) => Error;

/**
 * Encodes headers as a map in msgpack; undefined if there are none. Throws what `mistake` makes of
 * the first problem: it names the header, the limit and the value.
 */
export function encodeHeaders(
  headers: unknown,
  maxBytes: number,
  mistake: HeadersMistake,
): Buffer | undefined {
  if (!isPlainObject(headers)) {
    throw mistake('must be an object with a text or a Uint8Array for each name');
  }
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  if (entries.length > MAX_HEADERS) {
    throw mistake(`may have at most ${MAX_HEADERS} headers, but has ${entries.length}`);
  }
  let bytes = 1;
  for (const [name, value] of entries) bytes += bytesOfHeader(name, value, mistake);
  if (bytes > maxBytes) {
    throw mistake(`may take at most ${maxBytes} bytes, names included, but takes ${bytes}`);
  }
  if (entries.length === 0) return undefined;
  const map = Buffer.allocUnsafe(bytes);
  map[0] = FIXMAP | entries.length;
  let offset = 1;
  for (const [name, value] of entries) {
    offset = writeItem(map, name, offset);
    offset = writeItem(map, value as string | Uint8Array, offset);
  }
  return map;
}

function bytesOfHeader(name: string, value: unknown, mistake: HeadersMistake): number {
  if (!isHeaderName(name)) {
    throw mistake(
      `has the name ${quote(name)}; a name has 1 to ${MAX_HEADER_NAME_LENGTH} letters, digits, '.', '_' ` +
        "and '-', and begins with a letter",
    );
  }
  const nameBytes = headBytes(name.length) + name.length;
  if (typeof value === 'string') {
    // ES2024, in Node.js since version 20; the project's lib is ES2023.
    if (!(value as string & { isWellFormed(): boolean }).isWellFormed()) {
      throw mistake(`has a lone surrogate in ${quote(name)}, which UTF-8 cannot carry`);
    }
    const length = Buffer.byteLength(value);
    return nameBytes + headBytes(length) + length;
  }
  if (!isUint8Array(value)) {
    const kind = value === null ? 'null' : typeof value;
    throw mistake(`must have a text or a Uint8Array for ${quote(name)}, but has ${kind}`);
  }
  return nameBytes + (value.length > 0xff ? 3 : 2) + value.length;
}

function isHeaderName(name: string): boolean {
  return name.length <= MAX_HEADER_NAME_LENGTH && NAME.test(name);
}

/** The bytes before a text of this length. */
function headBytes(length: number): number {
  return length <= MAX_FIXSTR_BYTES ? 1 : length <= 0xff ? 2 : 3;
}

function writeItem(map: Buffer, value: string | Uint8Array, offset: number): number {
  if (typeof value === 'string') {
    const length = Buffer.byteLength(value);
    const start = writeHead(map, offset, length, STR_8, STR_16);
    return start + map.write(value, start, 'utf8');
  }
  const start = writeHead(map, offset, value.length, BIN_8, BIN_16);
  map.set(value, start);
  return start + value.length;
}

function writeHead(
  map: Buffer,
  offset: number,
  length: number,
  code8: number,
  code16: number,
): number {
  if (code8 === STR_8 && length <= MAX_FIXSTR_BYTES) return map.writeUInt8(FIXSTR | length, offset);
  if (length <= 0xff) return map.writeUInt16BE((code8 << 8) | length, offset);
  return map.writeUInt16BE(length, map.writeUInt8(code16, offset));
}

/** Headers that were read, and their bytes. */
interface ReadHeaders {
  readonly headers: CallHeaders;
  readonly bytes: Uint8Array;
}

/** The last ones that were short and text alone. The next that arrive are often the same. */
let lastRead: ReadHeaders | undefined;

/** Longer headers are not compared with the next ones. */
const MAX_COMPARED_BYTES = 128;

/**
 * Reads the headers at `offset`. Gives undefined for what is not a sound map of texts to texts and
 * binaries within the bounds, with names that may be sent, each once.
 */
export function readHeaders(bytes: Buffer, offset: number): ReadHeaders | undefined {
  if (lastRead !== undefined && isAt(bytes, offset, lastRead.bytes)) return lastRead;
  const skimmed = skim(bytes, offset);
  if (isDrop(skimmed)) return undefined;
  const { end, odd } = skimmed;
  if (end - offset > MAX_READ_HEADERS_BYTES) return undefined;
  const headers = headersAt(bytes, offset);
  if (headers === undefined) return undefined;
  const read = { headers, bytes: new Uint8Array(bytes.subarray(offset, end)) };
  // What is in a binary may be changed by who got it.
  const areText = (odd & ODDITY.binary) === 0;
  if (areText && read.bytes.length <= MAX_COMPARED_BYTES) lastRead = read;
  return read;
}

/** Takes the same time for all bytes, so that nobody can find out the token of another caller. */
function isAt(bytes: Buffer, offset: number, expected: Uint8Array): boolean {
  const { length } = expected;
  if (offset + length > bytes.length) return false;
  let difference = 0;
  for (let index = 0; index < length; index += 1) {
    difference |= (bytes[offset + index] as number) ^ (expected[index] as number);
  }
  return difference === 0;
}

function headersAt(bytes: Buffer, offset: number): CallHeaders | undefined {
  if (kindOf(bytes[offset] as number) !== KIND_MAP) return undefined;
  const count = sizeOf(bytes, offset);
  if (count > MAX_HEADERS) return undefined;
  const headers = Object.create(null) as Record<string, string | Uint8Array>;
  let position = payloadAt(bytes, offset);
  for (let index = 0; index < count; index += 1) {
    if (kindOf(bytes[position] as number) !== KIND_STRING) return undefined;
    const nameAt = payloadAt(bytes, position);
    const valueAt = nameAt + sizeOf(bytes, position);
    const name = bytes.toString('latin1', nameAt, valueAt);
    if (!isHeaderName(name) || name in headers) return undefined;
    const kind = kindOf(bytes[valueAt] as number);
    const start = payloadAt(bytes, valueAt);
    position = start + sizeOf(bytes, valueAt);
    if (kind === KIND_STRING) headers[name] = bytes.toString('utf8', start, position);
    else if (kind === KIND_BINARY) headers[name] = new Uint8Array(bytes.subarray(start, position));
    else return undefined;
  }
  return Object.freeze(headers);
}

/**
 * Header map reader: reads the header maps that header-map.ts describes. Those that this package
 * writes for most frames are known by their bytes, and are not read entry by entry.
 */
import type { Buffer } from 'node:buffer';
import { isDrop } from './drop.js';
import { bitOf, isInteger, KEY, TOKEN_BYTES, VERSION } from './header-map.js';
import { MAX_SMALL_INTEGER, MAX_UINT32, STAMP_BYTES, TRUE, UINT_32 } from './header-map.js';
import { ONE_WAY_HEADER_MAP, PLAIN_HEADER_MAP } from './header-map.js';
import type { HeaderMap } from './header-map.js';
import { type CallHeaders, readHeaders } from './headers.js';
import { readValue } from './piecewise-reader.js';
import { skim } from './skim.js';
import { isTraceparent } from './traceparent.js';

/** The header map at `offset`, if there is a readable one. Bytes after it are ignored. */
export function readHeaderMap(datagram: Buffer, offset: number): HeaderMap | undefined {
  const code = datagram[offset];
  if (code === undefined || (code & 0xf0) !== 0x80) return undefined;
  const stamped = readStampedHeaderMap(datagram, offset);
  if (stamped !== undefined) return stamped;
  if (isOneWayHeaderMap(datagram, offset)) return ONE_WAY;
  const reader = new EntryReader(datagram, offset + 1);
  for (let entries = code & 0x0f; entries > 0; entries--) if (!reader.readEntry()) return undefined;
  return reader.version === 0 ? undefined : reader;
}

/**
 * Reads the header map that requests of this package usually have: the version, perhaps headers,
 * and the stamp. It is read in a third of the time that reading its entries takes. Gives undefined
 * for any other.
 */
function readStampedHeaderMap(datagram: Buffer, offset: number): HeaderMap | undefined {
  if (datagram[offset + 1] !== KEY.version || datagram[offset + 2] !== VERSION) return undefined;
  let stampAt = offset + 3;
  let headers: CallHeaders | undefined;
  if (datagram[offset] === WITH_HEADERS && datagram[stampAt] === KEY.headers) {
    const read = readHeaders(datagram, stampAt + 1);
    if (read === undefined) return undefined;
    headers = read.headers;
    stampAt += 1 + read.bytes.length;
  } else if (datagram[offset] !== WITHOUT_HEADERS) return undefined;
  const attempt = datagram[stampAt + 1] as number;
  const isStamp =
    datagram.length === stampAt + STAMP_BYTES &&
    datagram[stampAt] === KEY.attempt &&
    attempt >= 1 &&
    attempt <= MAX_SMALL_INTEGER &&
    datagram[stampAt + 2] === KEY.remainingMs &&
    datagram[stampAt + 3] === UINT_32;
  if (!isStamp) return undefined;
  return new StampedHeaderMap(attempt, datagram.readUInt32BE(stampAt + 4), headers);
}

/** The heads of a map of three entries, and of four. */
const WITHOUT_HEADERS = 0x83;
const WITH_HEADERS = 0x84;

/** Whether these are the bytes that notifications of this package have. All read the same. */
function isOneWayHeaderMap(datagram: Buffer, offset: number): boolean {
  return (
    datagram.length === offset + ONE_WAY_HEADER_MAP.length &&
    datagram[offset] === ONE_WAY_HEADER_MAP[0] &&
    datagram[offset + 1] === KEY.version &&
    datagram[offset + 2] === VERSION &&
    datagram[offset + 3] === KEY.oneWay &&
    datagram[offset + 4] === TRUE
  );
}

const ONE_WAY: HeaderMap = Object.freeze({
  version: VERSION,
  attempt: 1,
  remainingMs: undefined,
  traceparent: undefined,
  token: undefined,
  headers: undefined,
  oneWay: true,
});

class StampedHeaderMap implements HeaderMap {
  readonly version = VERSION;
  readonly attempt: number;
  readonly remainingMs: number;
  readonly traceparent = undefined;
  readonly token = undefined;
  readonly headers: CallHeaders | undefined;
  readonly oneWay = false;

  constructor(attempt: number, remainingMs: number, headers: CallHeaders | undefined) {
    this.attempt = attempt;
    this.remainingMs = remainingMs;
    this.headers = headers;
  }
}

/**
 * The same for an answer. That of most answers is plain, and is not read. If there is one, the
 * sender is an rpcudp endpoint.
 */
export function readAnswerHeaderMap(datagram: Buffer, offset: number): HeaderMap | undefined {
  const plain =
    datagram.length === offset + PLAIN_HEADER_MAP.length &&
    datagram[offset] === PLAIN_HEADER_MAP[0] &&
    datagram[offset + 1] === PLAIN_HEADER_MAP[1] &&
    datagram[offset + 2] === PLAIN_HEADER_MAP[2];
  return plain ? PLAIN : readHeaderMap(datagram, offset);
}

/** Reads one entry after the other, and has their values as a header map. */
class EntryReader implements HeaderMap {
  version = 0;
  attempt = 1;
  remainingMs: number | undefined = undefined;
  traceparent: string | undefined = undefined;
  token: Uint8Array | undefined = undefined;
  headers: CallHeaders | undefined = undefined;
  oneWay = false;

  readonly #bytes: Buffer;
  #offset: number;
  /** A bit for each known key that was read. A key that occurs twice makes the map unreadable. */
  #keysSeen = 0;

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** Reads an entry. Gives false if a header map must not have such an entry. */
  readEntry(): boolean {
    const key = this.#bytes[this.#offset];
    if (key === undefined || key > 0x7f) return false;
    const bit = bitOf(key);
    if ((this.#keysSeen & bit) !== 0) return false;
    this.#keysSeen |= bit;
    this.#offset += 1;
    if (key === KEY.headers) return this.#readHeaders();
    const value = this.#readValue();
    switch (key) {
      case KEY.version:
        if (!isInteger(value, 1, MAX_SMALL_INTEGER)) return false;
        this.version = value;
        return true;
      case KEY.attempt:
        if (!isInteger(value, 1, MAX_SMALL_INTEGER)) return false;
        this.attempt = value;
        return true;
      case KEY.remainingMs:
        if (!isInteger(value, 0, MAX_UINT32)) return false;
        this.remainingMs = value;
        return true;
      case KEY.traceparent:
        if (!isTraceparent(value)) return false;
        this.traceparent = value;
        return true;
      case KEY.token:
        if (!(value instanceof Uint8Array) || value.length !== TOKEN_BYTES) return false;
        this.token = value;
        return true;
      case KEY.oneWay:
        if (value !== true) return false;
        this.oneWay = true;
        return true;
      default:
        return value !== NO_VALUE;
    }
  }

  #readHeaders(): boolean {
    const read = readHeaders(this.#bytes, this.#offset);
    if (read === undefined) return false;
    this.#offset += read.bytes.length;
    this.headers = read.headers;
    return true;
  }

  #readValue(): unknown {
    const bytes = this.#bytes;
    const start = this.#offset;
    const code = bytes[start];
    if (code === undefined) return NO_VALUE;
    if (code <= 0x7f) {
      this.#offset = start + 1;
      return code;
    }
    if (code === UINT_32 && start + 5 <= bytes.length) {
      this.#offset = start + 5;
      return bytes.readUInt32BE(start + 1);
    }
    const skimmed = skim(bytes, start);
    if (isDrop(skimmed)) return NO_VALUE;
    this.#offset = skimmed.end;
    return readValue(bytes, start);
  }
}

/** What `PLAIN_HEADER_MAP` says. */
const PLAIN: HeaderMap = Object.freeze({
  ...{ version: VERSION, attempt: 1, remainingMs: undefined },
  ...{ traceparent: undefined, token: undefined, headers: undefined, oneWay: false },
});

const NO_VALUE = Symbol('no value');

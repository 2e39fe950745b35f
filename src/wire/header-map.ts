/**
 * Header map: a second msgpack value after the body of a frame. By it two rpcudp endpoints
 * recognise each other, and it has the data for which the body has no place. Python's rpcudp
 * ignores it.
 *
 *   0  protocol version, 1 to 127         in every header map
 *   1  attempt, 1 to 127                  in requests: which transmission this is; 127 also later
 *   2  milliseconds to the deadline       in requests: 32 bits
 *   3  W3C `traceparent`, text            in requests, when the caller gave one
 *   4  8 bytes                            in a challenge, and in the request that answers it
 *   8  true                               in a notification: a request that nobody answers
 *
 * Other keys are skipped, because later versions may add some.
 */
import { Buffer } from 'node:buffer';
import { isDrop } from './drop.js';
import { readValue } from './piecewise-reader.js';
import { skim } from './skim.js';

const VERSION = 1;

/** The most characters of a `traceparent`. W3C Trace Context, level 1, uses 55. */
const MAX_TRACEPARENT_LENGTH = 256;

export interface HeaderMap {
  readonly version: number;
  readonly attempt: number;
  /** How long the caller still waits, in milliseconds; undefined if it did not say so. */
  readonly remainingMs: number | undefined;
  readonly traceparent: string | undefined;
  /** A token. A sender that repeats it shows that it receives what is sent to its address. */
  readonly token: Uint8Array | undefined;
  /** Whether the request is a notification: its procedure is run, and nothing is sent back. */
  readonly oneWay: boolean;
}

/** The keys that this version knows. Those from 5 to 7 are kept for others. */
export const KEY = {
  ...{ version: 0, attempt: 1, remainingMs: 2, traceparent: 3, token: 4 },
  oneWay: 8,
} as const;

const KNOWN_KEYS: ReadonlySet<unknown> = new Set(Object.values(KEY));

export function isKnownKey(key: unknown): boolean {
  return KNOWN_KEYS.has(key);
}

/** Long enough that it cannot be guessed while it is accepted. */
export const TOKEN_BYTES = 8;

/** The length of the stamp: the end of a request's header map, which `stampRequest` writes. */
const STAMP_BYTES = 8;
const UINT_32 = 0xce;
const STAMP = Buffer.of(KEY.attempt, 1, KEY.remainingMs, UINT_32, 0, 0, 0, 0);
const MAX_UINT32 = 2 ** 32 - 1;
/** The highest integer that msgpack encodes in a single byte. */
const MAX_SMALL_INTEGER = 0x7f;

/** The header map of most frames. It only tells that an rpcudp endpoint sent the frame. */
export const PLAIN_HEADER_MAP: Uint8Array = headerMapOf([]);

const REQUEST_HEADER_MAP: Uint8Array = headerMapOf([], STAMP);

const TRUE = 0xc3;

/** The header map of a notification. It is sent once and waits for nothing, so it has no stamp. */
export const ONE_WAY_HEADER_MAP: Uint8Array = headerMapOf([Buffer.of(KEY.oneWay, TRUE)]);

/** The header map of a request. It must be stamped before each transmission. */
export function requestHeaderMap(traceparent: string | undefined): Uint8Array {
  if (traceparent === undefined) return REQUEST_HEADER_MAP;
  return headerMapOf([traceEntry(traceparent)], STAMP);
}

export function challengeHeaderMap(token: Uint8Array): Uint8Array {
  return headerMapOf([tokenEntry(token)]);
}

/** A request's header map with the token that a challenge asked for. It must be stamped, too. */
export function tokenHeaderMap(requestMap: Uint8Array, token: Uint8Array): Uint8Array {
  const stampAt = requestMap.length - STAMP_BYTES;
  const [head, ...entries] = requestMap.subarray(0, stampAt);
  return Buffer.concat([Buffer.of((head ?? 0) + 1, ...entries), tokenEntry(token), STAMP]);
}

function headerMapOf(entries: readonly Buffer[], stamp = Buffer.alloc(0)): Buffer {
  const size = 1 + entries.length + (stamp.length === 0 ? 0 : 2);
  return Buffer.concat([Buffer.of(0x80 | size, KEY.version, VERSION), ...entries, stamp]);
}

function traceEntry(traceparent: string): Buffer {
  const text = Buffer.from(traceparent, 'latin1');
  const head = Buffer.of(KEY.traceparent, 0xda, text.length >>> 8, text.length & 0xff);
  return Buffer.concat([head, text]);
}

function tokenEntry(token: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(KEY.token, 0xc4, token.length), token]);
}

/**
 * Writes the number of the transmission, at most 127, and how long the caller still waits, into a
 * request that ends at `end`.
 */
export function stampRequest(
  datagram: Buffer,
  end: number,
  attempt: number,
  remainingMs: number,
): void {
  const start = end - STAMP_BYTES;
  datagram[start + 1] = Math.min(attempt, MAX_SMALL_INTEGER);
  datagram.writeUInt32BE(Math.min(Math.max(Math.ceil(remainingMs), 0), MAX_UINT32), start + 4);
}

/** The header map at `offset`, if there is a readable one. Bytes after it are ignored. */
export function readHeaderMap(datagram: Buffer, offset: number): HeaderMap | undefined {
  const code = datagram[offset];
  if (code === undefined || (code & 0xf0) !== 0x80) return undefined;
  if (isPlainRequestHeaderMap(datagram, offset)) return new PlainRequestHeaderMap(datagram, offset);
  if (isOneWayHeaderMap(datagram, offset)) return ONE_WAY;
  const reader = new EntryReader(datagram, offset + 1);
  for (let entries = code & 0x0f; entries > 0; entries--) if (!reader.readEntry()) return undefined;
  return reader.version === 0 ? undefined : reader;
}

/**
 * Whether these are the bytes that requests of this package usually have, apart from the stamped
 * values. Most requests have them, and they are read in a third of the time that reading their
 * entries takes.
 */
function isPlainRequestHeaderMap(datagram: Buffer, offset: number): boolean {
  const stampAt = offset + REQUEST_HEADER_MAP.length - STAMP_BYTES;
  const attempt = datagram[stampAt + 1] as number;
  return (
    datagram.length === offset + REQUEST_HEADER_MAP.length &&
    datagram[offset] === REQUEST_HEADER_MAP[0] &&
    datagram[offset + 1] === KEY.version &&
    datagram[offset + 2] === VERSION &&
    datagram[stampAt] === KEY.attempt &&
    attempt >= 1 &&
    attempt <= MAX_SMALL_INTEGER &&
    datagram[stampAt + 2] === KEY.remainingMs &&
    datagram[stampAt + 3] === UINT_32
  );
}

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
  oneWay: true,
});

class PlainRequestHeaderMap implements HeaderMap {
  readonly version = VERSION;
  readonly attempt: number;
  readonly remainingMs: number;
  readonly traceparent = undefined;
  readonly token = undefined;
  readonly oneWay = false;

  constructor(datagram: Buffer, offset: number) {
    const stampAt = offset + REQUEST_HEADER_MAP.length - STAMP_BYTES;
    this.attempt = datagram[stampAt + 1] as number;
    this.remainingMs = datagram.readUInt32BE(stampAt + 4);
  }
}

/** Whether a readable header map is at `offset`: then the sender is an rpcudp endpoint. */
export function hasHeaderMap(datagram: Buffer, offset: number): boolean {
  const plain =
    datagram.length === offset + PLAIN_HEADER_MAP.length &&
    datagram[offset] === PLAIN_HEADER_MAP[0] &&
    datagram[offset + 1] === PLAIN_HEADER_MAP[1] &&
    datagram[offset + 2] === PLAIN_HEADER_MAP[2];
  return plain || readHeaderMap(datagram, offset) !== undefined;
}

/** Reads one entry after the other, and has their values as a header map. */
class EntryReader implements HeaderMap {
  version = 0;
  attempt = 1;
  remainingMs: number | undefined = undefined;
  traceparent: string | undefined = undefined;
  token: Uint8Array | undefined = undefined;
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
    const seen = isKnownKey(key) ? 1 << key : 0;
    if ((this.#keysSeen & seen) !== 0) return false;
    this.#keysSeen |= seen;
    this.#offset += 1;
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

  #readValue(): unknown {
    const bytes = this.#bytes;
    const start = this.#offset;
    const code = bytes[start];
    if (code === undefined) return NO_VALUE;
    if (code <= 0x7f) {
      this.#offset = start + 1;
      return code;
    }
    const skimmed = skim(bytes, start);
    if (isDrop(skimmed)) return NO_VALUE;
    this.#offset = skimmed.end;
    return code === UINT_32 ? bytes.readUInt32BE(start + 1) : readValue(bytes, start);
  }
}

const NO_VALUE = Symbol('no value');

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** Whether a text is a valid `traceparent`: 1 to 256 printable ASCII characters. */
export function isTraceparent(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  return text.length <= MAX_TRACEPARENT_LENGTH && /^[\x20-\x7e]+$/.test(text);
}

import { Buffer } from 'node:buffer';
import { isDrop } from './drop.js';
import { readValue } from './piecewise-reader.js';
import { skim } from './skim.js';

/*
 * The header map: a second msgpack value after a datagram's body, by which two rpcudp endpoints know each
 * other and tell what the body has no place for. Python's rpcudp ignores it.
 *
 *   0  protocol version, 1 to 127         in every header map
 *   1  attempt, from 1                    in requests: which transmission of the request this is
 *   2  milliseconds to the deadline       in requests: 32 bits
 *   3  W3C `traceparent`, text            in requests, when the caller gave one
 *   4  8 random bytes                     in a challenge, and in the request that answers it
 *
 * Keys not listed are skipped: later versions may add some.
 */

/** The version of the protocol that is spoken here. */
const VERSION = 1;

/** The most characters of a `traceparent`; W3C Trace Context, level 1, has 55. */
const MAX_TRACEPARENT_LENGTH = 256;

/** What a header map says. */
export interface HeaderMap {
  readonly version: number;
  /** Which transmission of the request this is, from 1. */
  readonly attempt: number;
  /** How long the caller goes on waiting, in milliseconds; undefined when it did not say. */
  readonly remainingMs: number | undefined;
  readonly traceparent: string | undefined;
  /** What shows that its sender receives what is sent to its address. */
  readonly token: Uint8Array | undefined;
}

/** The keys that mean something here. */
export const KEY = { version: 0, attempt: 1, remainingMs: 2, traceparent: 3, token: 4 } as const;

/** The highest of them. */
export const LAST_KEY = Math.max(...Object.values(KEY));

/** Long enough that nobody guesses it within the life of a peer. */
export const TOKEN_BYTES = 8;

/** How long the part of a request's header map is that `stampRequest` writes, at the very end. */
const STAMP_BYTES = 8;
const UINT_32 = 0xce;
const STAMP = Buffer.of(KEY.attempt, 1, KEY.remainingMs, UINT_32, 0, 0, 0, 0);
const MAX_UINT32 = 2 ** 32 - 1;
/** The most that msgpack holds in a byte of its own. */
const MAX_SMALL_INTEGER = 0x7f;

/** The header map of most datagrams: it says that an rpcudp endpoint sent this. */
export const PLAIN_HEADER_MAP: Uint8Array = headerMapOf([]);

const REQUEST_HEADER_MAP: Uint8Array = headerMapOf([], STAMP);

/** The header map of a request, to be stamped before each transmission. */
export function requestHeaderMap(traceparent: string | undefined): Uint8Array {
  if (traceparent === undefined) return REQUEST_HEADER_MAP;
  return headerMapOf([traceEntry(traceparent)], STAMP);
}

/** The header map of a challenge. */
export function challengeHeaderMap(token: Uint8Array): Uint8Array {
  return headerMapOf([tokenEntry(token)]);
}

/** A request's header map with the token that a challenge asked for, to be stamped as well. */
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

/** Writes into a request that ends at `end` which transmission it is, and how long its caller goes on waiting. */
export function stampRequest(
  datagram: Buffer,
  end: number,
  attempt: number,
  remainingMs: number,
): void {
  const start = end - STAMP_BYTES;
  datagram[start + 1] = attempt;
  datagram.writeUInt32BE(Math.min(Math.max(Math.ceil(remainingMs), 0), MAX_UINT32), start + 4);
}

/** The header map at `offset`, if one is there that can be read. What stands after it is ignored. */
export function readHeaderMap(datagram: Buffer, offset: number): HeaderMap | undefined {
  const code = datagram[offset];
  if (code === undefined || (code & 0xf0) !== 0x80) return undefined;
  if (isPlainRequestHeaderMap(datagram, offset)) return new PlainRequestHeaderMap(datagram, offset);
  const reader = new EntryReader(datagram, offset + 1);
  for (let entries = code & 0x0f; entries > 0; entries--) if (!reader.readEntry()) return undefined;
  return reader.version === 0 ? undefined : reader;
}

/**
 * Whether these are the very bytes that requests of this package have, but for what is stamped into them. They
 * are by far the most, and read so in a third of the time that their entries would take.
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

class PlainRequestHeaderMap implements HeaderMap {
  readonly version = VERSION;
  readonly attempt: number;
  readonly remainingMs: number;
  readonly traceparent = undefined;
  readonly token = undefined;

  constructor(datagram: Buffer, offset: number) {
    const stampAt = offset + REQUEST_HEADER_MAP.length - STAMP_BYTES;
    this.attempt = datagram[stampAt + 1] as number;
    this.remainingMs = datagram.readUInt32BE(stampAt + 4);
  }
}

/** Whether a readable header map is at `offset`: whoever sent this is an rpcudp endpoint. */
export function hasHeaderMap(datagram: Buffer, offset: number): boolean {
  const plain =
    datagram.length === offset + PLAIN_HEADER_MAP.length &&
    datagram[offset] === PLAIN_HEADER_MAP[0] &&
    datagram[offset + 1] === PLAIN_HEADER_MAP[1] &&
    datagram[offset + 2] === PLAIN_HEADER_MAP[2];
  return plain || readHeaderMap(datagram, offset) !== undefined;
}

/** Reads entry after entry; what it has read is the header map. */
class EntryReader implements HeaderMap {
  version = 0;
  attempt = 1;
  remainingMs: number | undefined = undefined;
  traceparent: string | undefined = undefined;
  token: Uint8Array | undefined = undefined;

  readonly #bytes: Buffer;
  #offset: number;
  /** A bit for each key of ours: a key that comes twice says nothing. */
  #keysSeen = 0;

  constructor(bytes: Buffer, offset: number) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  /** False when the entry is not what a header map may hold. */
  readEntry(): boolean {
    const key = this.#bytes[this.#offset];
    if (key === undefined || key > 0x7f) return false;
    const seen = key <= LAST_KEY ? 1 << key : 0;
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

/** What stands for a value that cannot be read. */
const NO_VALUE = Symbol('no value');

function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** Whether a text can travel as `traceparent`: 1 to 256 printable ASCII characters. */
export function isTraceparent(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  return text.length <= MAX_TRACEPARENT_LENGTH && /^[\x20-\x7e]+$/.test(text);
}

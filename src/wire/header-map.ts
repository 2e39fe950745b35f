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
 *   7  headers, a map                     in requests, responses and errors, if there are any
 *   8  true                               in a notification: a request that nobody answers
 *
 * Other keys are skipped, because later versions may add some. 5 and 6 are reserved for flows.
 */
import { Buffer } from 'node:buffer';
import type { CallHeaders } from './headers.js';

export const VERSION = 1;

export interface HeaderMap {
  readonly version: number;
  readonly attempt: number;
  /** How long the caller still waits, in milliseconds; undefined if it did not say so. */
  readonly remainingMs: number | undefined;
  readonly traceparent: string | undefined;
  /** A token. A sender that repeats it shows that it receives what is sent to its address. */
  readonly token: Uint8Array | undefined;
  readonly headers: CallHeaders | undefined;
  /** Whether the request is a notification: its procedure is run, and nothing is sent back. */
  readonly oneWay: boolean;
}

/** The keys that this version knows. */
export const KEY = {
  ...({ version: 0, attempt: 1, remainingMs: 2, traceparent: 3, token: 4 } as const),
  ...({ headers: 7, oneWay: 8 } as const),
} as const;

/** A bit for each of them. */
const KNOWN_KEYS = Object.values(KEY).reduce<number>((bits, key) => bits | (1 << key), 0);

export function isKnownKey(key: unknown): boolean {
  return isInteger(key, 0, MAX_SMALL_INTEGER) && bitOf(key) !== 0;
}

/** The bit of a key that this version knows; 0 for any other. */
export function bitOf(key: number): number {
  return key < 31 ? KNOWN_KEYS & (1 << key) : 0;
}

/** Long enough that it cannot be guessed while it is accepted. */
export const TOKEN_BYTES = 8;

/** The length of the stamp: the end of a request's header map, which `stampRequest` writes. */
export const STAMP_BYTES = 8;
export const UINT_32 = 0xce;
const STAMP = Buffer.of(KEY.attempt, 1, KEY.remainingMs, UINT_32, 0, 0, 0, 0);
export const MAX_UINT32 = 2 ** 32 - 1;
/** The highest integer that msgpack encodes in a single byte. */
export const MAX_SMALL_INTEGER = 0x7f;

/** The header map of most frames. It only tells that an rpcudp endpoint sent the frame. */
export const PLAIN_HEADER_MAP: Uint8Array = headerMapOf([]);

const REQUEST_HEADER_MAP: Uint8Array = headerMapOf([], STAMP);

export const TRUE = 0xc3;

/** The header map of a notification. It is sent once and waits for nothing, so it has no stamp. */
export const ONE_WAY_HEADER_MAP: Uint8Array = headerMapOf([Buffer.of(KEY.oneWay, TRUE)]);

/**
 * The header map of a request. It must be stamped before each transmission.
 *
 * @param headers as `encodeHeaders` made them, of `maxHeadersBytes` at most
 */
export function requestHeaderMap(traceparent: string | undefined, headers?: Buffer): Uint8Array {
  if (traceparent === undefined && headers === undefined) return REQUEST_HEADER_MAP;
  const entries: Buffer[] = [];
  if (traceparent !== undefined) entries.push(traceEntry(traceparent));
  if (headers !== undefined) entries.push(headersEntry(headers));
  return headerMapOf(entries, STAMP);
}

/** The header map of a reply with headers, as `encodeHeaders` made them. */
export function replyHeaderMap(headers: Buffer): Uint8Array {
  return headerMapOf([headersEntry(headers)]);
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

function headersEntry(headers: Buffer): Buffer {
  return Buffer.concat([Buffer.of(KEY.headers), headers]);
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

export function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

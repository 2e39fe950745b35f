import type { Buffer } from 'node:buffer';
import { ReplyTooLargeError } from '../errors.js';
import { decodeValue } from './decoder.js';
import type { Drop } from './drop.js';
import { encodeBody } from './encoder.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from './frame.js';
import { type TransactionId } from './transaction-id.js';
import { OutboundFrame } from './outbound-frame.js';

/** What a response brings: body = msgpack value. */
export interface ResponseBody {
  readonly value: unknown;
  /** Offset just after the body. */
  readonly end: number;
}

/**
 * The frame of a response, byte for byte what Python's rpcudp 5.x sends for the same value; and, to a
 * peer whose request had one, a header map.
 *
 * Throws an `UnencodableError` for a value that would not arrive as it is (its path starts with
 * `result`), and a `ReplyTooLargeError` when it takes more than `maxBodyBytes`: by default what UDP carries,
 * 65,507 bytes in one datagram, less what stands around it.
 */
export function encodeResponse(
  id: TransactionId,
  value: unknown,
  headerMap?: Uint8Array,
  maxBodyBytes = MAX_DATAGRAM_BYTES - HEADER_BYTES - (headerMap?.length ?? 0),
): OutboundFrame {
  const tooLarge = (bytes: number) => new ReplyTooLargeError(bytes, maxBodyBytes);
  const body = encodeBody(value, 'result', maxBodyBytes, tooLarge);
  return new OutboundFrame('response', id, body, headerMap);
}

/** Decodes the body of a response that `readFrame` gave. Drops what decoder.ts drops. */
export function decodeResponse(datagram: Buffer): ResponseBody | Drop {
  return decodeValue(datagram, HEADER_BYTES);
}

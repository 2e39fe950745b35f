/** Response: encodes and decodes the frame with the result of a procedure. */
import type { Buffer } from 'node:buffer';
import { ReplyTooLargeError } from '../errors.js';
import { decodeValue } from './decoder.js';
import type { Drop } from './drop.js';
import { type BodyShape, encodeBody } from './encoder.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from './frame.js';
import { type TransactionId } from './transaction-id.js';
import { OutboundFrame } from './outbound-frame.js';

/** The body of a response: a msgpack value. */
export interface ResponseBody {
  readonly value: unknown;
  readonly end: number;
}

const SHAPE: BodyShape = { name: 'result', ownLists: 0 };

/**
 * Makes the frame of a response. It has exactly the bytes that Python's rpcudp 5.x sends for the
 * same value. If the peer's request had a header map, so does the response.
 *
 * Throws an `UnencodableError` for a value that would not arrive unchanged (its path starts with
 * `result`), and a `ReplyTooLargeError` when it takes more than `maxBodyBytes`. The default is the
 * 65,507 bytes that UDP carries in one datagram, minus the header and the header map.
 */
export function encodeResponse(
  id: TransactionId,
  value: unknown,
  headerMap?: Uint8Array,
  maxBodyBytes = MAX_DATAGRAM_BYTES - HEADER_BYTES - (headerMap?.length ?? 0),
): OutboundFrame {
  const tooLarge = (bytes: number) => new ReplyTooLargeError(bytes, maxBodyBytes);
  const body = encodeBody(value, SHAPE, maxBodyBytes, tooLarge);
  return new OutboundFrame('response', id, body, headerMap);
}

/** Decodes the body of a response that `readFrame` gave. Drops what decoder.ts drops. */
export function decodeResponse(datagram: Buffer): ResponseBody | Drop {
  return decodeValue(datagram, HEADER_BYTES);
}

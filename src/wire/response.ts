import type { Buffer } from 'node:buffer';
import { ReplyTooLargeError } from '../errors.js';
import { decodeValue } from './decoder.js';
import { type Drop, isDrop } from './drop.js';
import { encodeDatagram, prepareValue } from './encoder.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES, type TransactionId } from './frame.js';

/** What a response brings: body = msgpack value. */
export interface ResponseBody {
  readonly value: unknown;
}

/**
 * The datagram of a response, byte for byte what Python's rpcudp 5.x sends for the same value.
 *
 * Throws an `UnencodableError` for a value that would not arrive as it is (its path starts with
 * `result`), and a `ReplyTooLargeError` when the datagram takes more than 65 507 bytes.
 */
export function encodeResponse(id: TransactionId, value: unknown): Buffer {
  const prepared = prepareValue(value, 'result', 0, replyTooLarge);
  return encodeDatagram('response', id, prepared, MAX_REPLY_BODY_BYTES, replyTooLarge);
}

/** Decodes the body of a response that `readFrame` gave. Drops what decoder.ts drops. */
export function decodeResponse(datagram: Buffer): ResponseBody | Drop {
  const value = decodeValue(datagram, HEADER_BYTES);
  return isDrop(value) ? value : { value };
}

const MAX_REPLY_BODY_BYTES = MAX_DATAGRAM_BYTES - HEADER_BYTES;

function replyTooLarge(bodyBytes: number): ReplyTooLargeError {
  return new ReplyTooLargeError(HEADER_BYTES + bodyBytes, MAX_DATAGRAM_BYTES);
}

import type { Buffer } from 'node:buffer';
import { RequestTooLargeError, UnencodableError } from '../errors.js';
import { decodeValue } from './decoder.js';
import { DROP, type Drop, isDrop } from './drop.js';
import { encodeDatagram, prepareValue } from './encoder.js';
import { HEADER_BYTES, MAX_REQUEST_BODY_BYTES, type TransactionId } from './frame.js';

/** What a request asks for: body = msgpack `[procedure, [args...]]`. */
export interface RequestBody {
  readonly procedure: string;
  readonly args: readonly unknown[];
}

/**
 * The datagram of a request, byte for byte what Python's rpcudp 5.x sends for the same values.
 *
 * Throws an `UnencodableError` for a value that would not arrive as it is, and a
 * `RequestTooLargeError` when `[procedure, args]` takes more than 8192 bytes.
 */
export function encodeRequest(
  id: TransactionId,
  procedure: string,
  args: readonly unknown[],
): Buffer {
  checkProcedure(procedure);
  if (!Array.isArray(args)) {
    throw new UnencodableError('args', `must be an array of arguments, not ${typeof args}`);
  }
  const tooLarge = (bytes: number) =>
    new RequestTooLargeError(procedure, bytes, MAX_REQUEST_BODY_BYTES);
  const body = [procedure, prepareValue(args, 'args', 1, tooLarge)];
  return encodeDatagram('request', id, body, MAX_REQUEST_BODY_BYTES, tooLarge);
}

/**
 * Decodes the body of a request that `readFrame` gave. Drops what is not exactly a string and an
 * array (`shape`), and what decoder.ts drops. Bytes after the body are ignored.
 */
export function decodeRequest(datagram: Buffer): RequestBody | Drop {
  const body = decodeValue(datagram, HEADER_BYTES);
  if (isDrop(body)) return body;
  if (!Array.isArray(body) || body.length !== 2) return DROP.shape;
  const [procedure, args] = body as readonly unknown[];
  if (typeof procedure !== 'string' || !Array.isArray(args)) return DROP.shape;
  return { procedure, args };
}

/** The name stands in the body as it is, so it is checked before the arguments are. */
function checkProcedure(procedure: string): void {
  if (typeof procedure !== 'string' || procedure === '') {
    throw new UnencodableError('procedure', 'must be a non-empty string');
  }
  prepareValue(procedure, 'procedure', 1, (bytes) => {
    return new RequestTooLargeError(procedure, bytes, MAX_REQUEST_BODY_BYTES);
  });
}

/** Error reply: the frame that tells a caller why there is no result. */
import type { Buffer } from 'node:buffer';
import { ReplyTooLargeError } from '../errors.js';
import { decodeValue } from './decoder.js';
import { DROP, type Drop, isDrop } from './drop.js';
import { type BodyShape, encodeBody } from './encoder.js';
import { shorten } from '../escape.js';
import { HEADER_BYTES, MAX_REQUEST_BODY_BYTES } from './frame.js';
import { type TransactionId } from './transaction-id.js';
import { PLAIN_HEADER_MAP } from './header-map.js';
import { OutboundFrame } from './outbound-frame.js';

/** The body of an error frame: msgpack `[code, message, data?]`. */
export interface ErrorReply {
  readonly code: string;
  readonly message: string;
  /** Absent if there is no data. */
  readonly data?: unknown;
}

const SHAPE: BodyShape = { name: ['code', 'message', 'data'], ownLists: 1 };

/** Texts are cut to this length, because they are meant for people. */
const MAX_TEXT_LENGTH = 1_024;

/**
 * Makes the frame of an error. Its texts are cut to 1,024 characters, and parts that are not valid
 * Unicode are replaced.
 *
 * Throws an `UnencodableError` for data that would not arrive unchanged (its path starts with
 * `data`), and a `ReplyTooLargeError` when the body takes more than 8192 bytes.
 */
export function encodeErrorReply(
  id: TransactionId,
  { code, message, data }: ErrorReply,
  headerMap: Uint8Array = PLAIN_HEADER_MAP,
): OutboundFrame {
  const error: unknown[] = [shorten(code, MAX_TEXT_LENGTH), shorten(message, MAX_TEXT_LENGTH)];
  if (data !== undefined) error.push(data);
  const body = encodeBody(error, SHAPE, MAX_REQUEST_BODY_BYTES, tooLarge);
  return new OutboundFrame('error', id, body, headerMap);
}

function tooLarge(bodyBytes: number): ReplyTooLargeError {
  return new ReplyTooLargeError(bodyBytes, MAX_REQUEST_BODY_BYTES);
}

/**
 * Decodes the body of an error frame that `readFrame` gave. Drops a body that is not two strings
 * and at most one more value (`shape`), and what decoder.ts drops.
 */
export function decodeErrorReply(datagram: Buffer): (ErrorReply & { end: number }) | Drop {
  const decoded = decodeValue(datagram, HEADER_BYTES);
  if (isDrop(decoded)) return decoded;
  const { value: body, end } = decoded;
  if (!Array.isArray(body) || body.length < 2 || body.length > 3) return DROP.shape;
  const [code, message, ...data] = body as readonly unknown[];
  if (typeof code !== 'string' || typeof message !== 'string') return DROP.shape;
  return data.length === 0 ? { code, message, end } : { code, message, data: data[0], end };
}

import type { Buffer } from 'node:buffer';
import { decodeValue } from './decoder.js';
import { DROP, type Drop, isDrop } from './drop.js';
import { HEADER_BYTES } from './frame.js';

/** A peer's refusal or failure: body = msgpack `[code, message, data?]`. */
export interface ErrorReply {
  readonly code: string;
  readonly message: string;
  /** Absent when the peer sent none. */
  readonly data?: unknown;
}

/**
 * Decodes the body of an error datagram that `readFrame` gave. Drops what is not two strings and at
 * most one value more (`shape`), and what decoder.ts drops.
 */
export function decodeErrorReply(datagram: Buffer): ErrorReply | Drop {
  const body = decodeValue(datagram, HEADER_BYTES);
  if (isDrop(body)) return body;
  if (!Array.isArray(body) || body.length < 2 || body.length > 3) return DROP.shape;
  const [code, message, ...data] = body as readonly unknown[];
  if (typeof code !== 'string' || typeof message !== 'string') return DROP.shape;
  return data.length === 0 ? { code, message } : { code, message, data: data[0] };
}

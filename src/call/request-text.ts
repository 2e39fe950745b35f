/** Request text: procedure and arguments of a call as text that a file can hold, without loss. */
import { Buffer } from 'node:buffer';
import { isDrop } from '../wire/drop.js';
import { HEADER_BYTES, MAX_REQUEST_BODY_BYTES } from '../wire/frame.js';
import { decodeRequest, encodeRequest } from '../wire/request.js';
import { ID_DIGITS } from '../wire/transaction-id.js';

export interface ReadRequest {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The body of the request, as `OutboundFrame` keeps it. */
  readonly body: string;
}

const NO_ID = '0'.repeat(ID_DIGITS);
const MAX_TEXT_LENGTH = 4 * Math.ceil(MAX_REQUEST_BODY_BYTES / 3);

/** The body of a request, as `OutboundFrame` keeps it, in base64. */
export function requestText(body: string): string {
  return Buffer.from(body, 'latin1').toString('base64');
}

/** The text of a request that was not made yet. @throws UnencodableError, RequestTooLargeError */
export function requestTextOf(procedure: string, args: readonly unknown[]): string {
  return requestText(encodeRequest(NO_ID, procedure, args).body);
}

/** Reads what `requestText` wrote. Gives undefined for any other text. */
export function readRequestText(text: string): ReadRequest | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Node.js ignores what is not base64.
  if (bytes.toString('base64') !== text) return undefined;
  const datagram = Buffer.concat([Buffer.alloc(HEADER_BYTES), bytes]);
  const request = decodeRequest(datagram);
  if (isDrop(request) || request.end !== datagram.length) return undefined;
  const { procedure, args } = request;
  return { procedure, args, body: bytes.toString('latin1') };
}

/** Headers text: the headers of a call as text that a file can hold, without loss. */
import { Buffer } from 'node:buffer';
import { encodeHeaders, MAX_HEADERS_BYTES, readHeaders } from '../wire/headers.js';
import type { CallHeaders } from '../wire/headers.js';
import { mistakeInHeaders } from './sent-headers.js';

const MAX_TEXT_LENGTH = 4 * Math.ceil(MAX_HEADERS_BYTES / 3);

/** The headers as MessagePack in base64; undefined if there are none. @throws OptionError */
export function headersText(headers: CallHeaders | undefined): string | undefined {
  if (headers === undefined) return undefined;
  return encodeHeaders(headers, MAX_HEADERS_BYTES, mistakeInHeaders)?.toString('base64');
}

/** Reads what `headersText` wrote. Gives undefined for any other text. */
export function readHeadersText(text: string): CallHeaders | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Node.js ignores what is not base64.
  if (bytes.toString('base64') !== text) return undefined;
  const read = readHeaders(bytes, 0);
  return read?.bytes.length === bytes.length ? read.headers : undefined;
}

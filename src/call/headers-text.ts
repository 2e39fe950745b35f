/** Headers text: the headers of a call as text that a file can hold, without loss. */
import { Buffer } from 'node:buffer';
import { isDrop } from '../wire/drop.js';
import { MAX_HEADERS_BYTES, readHeaders } from '../wire/headers.js';
import type { CallHeaders } from '../wire/headers.js';
import { skim } from '../wire/skim.js';
import { encodedHeaders } from './options.js';

const MAX_TEXT_LENGTH = 4 * Math.ceil(MAX_HEADERS_BYTES / 3);

/** The headers as MessagePack in base64; undefined if there are none. @throws OptionError */
export function headersText(headers: CallHeaders | undefined): string | undefined {
  return encodedHeaders(headers, undefined)?.toString('base64');
}

/** Reads what `headersText` wrote. Gives undefined for any other text. */
export function readHeadersText(text: string): CallHeaders | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // Node.js ignores what is not base64.
  if (bytes.toString('base64') !== text) return undefined;
  const skimmed = skim(bytes, 0);
  if (isDrop(skimmed) || skimmed.end !== bytes.length) return undefined;
  return readHeaders(bytes, 0, bytes.length);
}

/** Header budget: how much of a request's header map its headers may take. */
import { MAX_HEADER_MAP_BYTES } from './frame.js';
import { STAMP_BYTES, TOKEN_BYTES } from './header-map.js';
import { MAX_HEADERS_BYTES } from './headers.js';

/** For what later versions add. */
const RESERVED_BYTES = 16;

/**
 * What the map takes beside the headers themselves and the text of a traceparent: its head and the
 * version, the keys and lengths of both, a token that a challenge may ask for later, and the stamp.
 */
const OTHER_BYTES = 1 + 2 + 1 + 4 + (3 + TOKEN_BYTES) + STAMP_BYTES + RESERVED_BYTES;

/**
 * The most bytes that the headers of a request may take, so that they always fit. A traceparent as
 * W3C Trace Context has it leaves all 400, a longer one fewer.
 */
export function maxHeadersBytes(traceparent = ''): number {
  const left = MAX_HEADER_MAP_BYTES - OTHER_BYTES - traceparent.length;
  return Math.min(left, MAX_HEADERS_BYTES);
}

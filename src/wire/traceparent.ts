/** Traceparent: the text of a W3C Trace Context. */

/** The most characters. W3C Trace Context, level 1, uses 55. */
const MAX_LENGTH = 256;

/** Whether a text is a valid `traceparent`: 1 to 256 printable ASCII characters. */
export function isTraceparent(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  return text.length <= MAX_LENGTH && /^[\x20-\x7e]+$/.test(text);
}

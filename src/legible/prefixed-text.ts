/**
 * Prefixed text: represents bytes, dates and bigints as a string, because JSON has none.
 *
 * - `hex:00ff` and `base64:AP8=` are bytes.
 * - `date:2026-12-01T10:30:00Z` is a date, and `bigint:5` a bigint, but not where only text and
 *   bytes can be.
 * - `text:…` is the text after the prefix, even if that begins with a prefix again.
 * - Any other text is not changed.
 */
import { ArgumentError } from './argument-error.js';
import { parseDate } from './date-text.js';
import { parseHex } from './hex.js';
import { quoted } from './printable.js';

const PREFIXED = /^(hex|base64|date|bigint|text):(.*)$/su;
/** More digits than 64 bits need. */
const BIGINT = /^-?\d{1,40}$/;

/**
 * The value that a string represents.
 *
 * @throws ArgumentError when the text after a prefix is not in its format.
 */
export function fromPrefixed(text: string): string | Uint8Array | Date | bigint {
  const [, prefix, rest = ''] = PREFIXED.exec(text) ?? [];
  switch (prefix) {
    case 'date':
      return parseDate(rest);
    case 'bigint':
      if (!BIGINT.test(rest)) throw new ArgumentError(`${quoted(rest)} is not an integer`);
      return BigInt(rest);
    default:
      return fromPrefixedText(text);
  }
}

/**
 * The text or the bytes that a string represents.
 *
 * @throws ArgumentError when the text after `hex:` or `base64:` is not in that format.
 */
export function fromPrefixedText(text: string): string | Uint8Array {
  const [, prefix, rest = ''] = PREFIXED.exec(text) ?? [];
  switch (prefix) {
    case 'hex':
      return parseHex(rest);
    case 'base64':
      return parseBase64(rest);
    case 'text':
      return rest;
    default:
      return text;
  }
}

/** The string that `fromPrefixedText` and `fromPrefixed` turn into this value. */
export function toPrefixedText(value: string | Uint8Array): string {
  if (typeof value === 'string') return PREFIXED.test(value) ? `text:${value}` : value;
  return `hex:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
}

/** Accepts both alphabets of RFC 4648 (sections 4 and 5), with or without padding. */
function parseBase64(text: string): Uint8Array {
  const digits = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={0,2}$/, '');
  const bytes = Buffer.from(digits, 'base64');
  // Node.js skips characters that it cannot read. So the text was base64 only if encoding the bytes
  // gives the same text.
  if (bytes.toString('base64').replace(/=+$/, '') !== digits) {
    throw new ArgumentError(`${quoted(text)} is not base64`);
  }
  return new Uint8Array(bytes);
}

/**
 * Prefixed text: represents bytes as a string, because JSON has no bytes.
 *
 * - `hex:00ff` and `base64:AP8=` are bytes.
 * - `text:…` is the text after the prefix, even if that begins with a prefix again.
 * - Any other text is not changed.
 */
import { ArgumentError } from './argument-error.js';
import { parseHex } from './hex.js';
import { quoted } from './printable.js';

const PREFIXED = /^(hex|base64|text):(.*)$/su;

/**
 * The value that a string represents.
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

/** The string that `fromPrefixedText` turns into this value. */
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

/**
 * Prefixed text: how a string can stand for bytes, where JSON has only strings.
 *
 * - `hex:00ff` and `base64:AP8=` are bytes.
 * - `text:…` is the text after the prefix, whatever it begins with.
 * - Anything else is itself.
 */
import { ArgumentError } from './argument-error.js';
import { parseHex } from './hex.js';
import { quoted } from './printable.js';

const PREFIXED = /^(hex|base64|text):(.*)$/su;

/**
 * What a string stands for.
 *
 * @throws ArgumentError when what follows `hex:` or `base64:` is not that.
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

/** The string that `fromPrefixedText` reads as this value. */
export function toPrefixedText(value: string | Uint8Array): string {
  if (typeof value === 'string') return PREFIXED.test(value) ? `text:${value}` : value;
  return `hex:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
}

/** Either alphabet of RFC 4648 (sections 4 and 5), with or without padding. */
function parseBase64(text: string): Uint8Array {
  const digits = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={0,2}$/, '');
  const bytes = Buffer.from(digits, 'base64');
  // Node.js skips what it cannot read; only what comes back the same was base64.
  if (bytes.toString('base64').replace(/=+$/, '') !== digits) {
    throw new ArgumentError(`${quoted(text)} is not base64`);
  }
  return new Uint8Array(bytes);
}

/** Hex: parses bytes as hexadecimal text. */
import { ArgumentError } from './argument-error.js';
import { quoted } from './printable.js';

/**
 * Parses hexadecimal digits in either case. White space, colons and `0x` before digits are skipped.
 *
 * @throws ArgumentError that names the first character that is not a digit, or an odd number of
 * digits.
 */
export function parseHex(text: string): Uint8Array {
  const digits = text.replace(/(^|[\s:])0x/gi, '$1').replace(/[\s:]/g, '');
  const wrong = /[^0-9a-f]/iu.exec(digits)?.[0];
  if (wrong !== undefined) {
    throw new ArgumentError(`${quoted(text)} is not hexadecimal: it has ${quoted(wrong)}`);
  }
  if (digits.length % 2 === 1) {
    throw new ArgumentError(
      `${quoted(text)} has an odd number of hexadecimal digits, ${digits.length}; a byte has two`,
    );
  }
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

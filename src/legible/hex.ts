/** Bytes in hexadecimal, as people paste them. */
import { ArgumentError } from './argument-error.js';
import { quoted } from './printable.js';

/**
 * Reads digits in either case; white space, colons between bytes and `0x` in front are skipped.
 *
 * @throws ArgumentError naming the first character that is no digit, or the odd number of digits.
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

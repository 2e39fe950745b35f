/** Bytes in hexadecimal, as people paste them. */
import { ArgumentError } from './argument-error.js';
import { printableName } from './printable.js';

/**
 * Reads digits in either case; white space, colons between bytes and `0x` in front are skipped.
 *
 * @throws ArgumentError naming the first character that is no digit, or the odd number of digits.
 */
export function parseHex(text: string): Uint8Array {
  const digits = text.replace(/(^|[\s:])0x/gi, '$1').replace(/[\s:]/g, '');
  const wrong = /[^0-9a-f]/iu.exec(digits)?.[0];
  if (wrong !== undefined) {
    throw new ArgumentError(`${printableName(text)} is not hexadecimal: it has ${quote(wrong)}`);
  }
  if (digits.length % 2 === 1) {
    throw new ArgumentError(
      `${printableName(text)} has ${digits.length} hexadecimal digits; bytes have two each`,
    );
  }
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function quote(character: string): string {
  const name = printableName(character);
  return name.startsWith('"') ? name : `"${name}"`;
}

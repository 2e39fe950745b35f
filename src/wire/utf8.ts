/** UTF-8: checks text in a datagram without allocating. */
import { isUtf8 } from 'node:buffer';

/** From this length the native check is faster, although it needs a view of the bytes. */
const NATIVE_FROM_BYTES = 64;

/**
 * Whether `bytes[start, end)` is well-formed UTF-8 (Unicode 15.0, table 3-7): no overlong forms, no
 * surrogates, nothing over U+10FFFF. Short text is checked without allocating, so that thousands of
 * two-byte strings in one datagram cause no garbage collection.
 */
export function isUtf8Range(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= NATIVE_FROM_BYTES) return isUtf8(bytes.subarray(start, end));
  let offset = start;
  while (offset < end) {
    const length = sequenceLength(bytes, offset, end);
    if (length === 0) return false;
    offset += length;
  }
  return true;
}

/** The length of the UTF-8 sequence at `offset`; 0 if it is not well-formed. */
function sequenceLength(bytes: Uint8Array, offset: number, end: number): number {
  const lead = bytes[offset] as number;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (offset + length > end) return 0;

  // Only the range of the second byte depends on the first: overlong forms, surrogates, upper
  // limit.
  const second = bytes[offset + 1] as number;
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = offset + 2; next < offset + length; next += 1) {
    if (((bytes[next] as number) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** Whether the text in `bytes[start, end)` begins with U+FEFF, which many decoders remove. */
export function startsWithByteOrderMark(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    bytes[start] === 0xef &&
    end - start >= 3 &&
    bytes[start + 1] === 0xbb &&
    bytes[start + 2] === 0xbf
  );
}

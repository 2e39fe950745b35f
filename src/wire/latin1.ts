/**
 * Latin1: writes bodies that are kept as text with one latin1 character for each byte (see
 * outbound-frame.ts).
 */
import type { Buffer } from 'node:buffer';

/** Up to this length a loop writes text in half the time of a native call. */
const MAX_LOOPED_TEXT_LENGTH = 64;

export function writeLatin1(target: Buffer, text: string, offset: number): void {
  if (text.length > MAX_LOOPED_TEXT_LENGTH) {
    target.write(text, offset, 'latin1');
    return;
  }
  for (let index = 0; index < text.length; index += 1) {
    target[offset + index] = text.charCodeAt(index);
  }
}

import type { Buffer } from 'node:buffer';

/** A transaction id: its 20 bytes as 40 hexadecimal digits, in lower case. */
export type TransactionId = string;

/** Length of a transaction id. */
export const ID_BYTES = 20;
/** Length of a transaction id as it is written here. */
export const ID_DIGITS = 2 * ID_BYTES;

/** How many digits of an id are hashed: 24 bits. */
const HASHED_DIGITS = 6;

/** What the character with this code stands for, a hexadecimal digit in lower case. */
export function valueOfDigit(code: number): number {
  // '0' to '9' end in their value; 'a' to 'f' end in 1 to 6, and have the bit 0x40.
  return (code & 0x0f) + 9 * (code >>> 6);
}

/** Writes the bytes of an id into a datagram. */
export function writeId(target: Buffer, id: TransactionId, offset: number): void {
  for (let index = 0; index < id.length; index += 2) {
    const high = valueOfDigit(id.charCodeAt(index));
    target[offset + (index >>> 1)] = (high << 4) | valueOfDigit(id.charCodeAt(index + 1));
  }
}

/** A hash of an id of our own making: a part of it, for it is random, and nobody else can choose it. */
export function hashOfId(id: TransactionId): number {
  let hash = 0;
  for (let index = 0; index < HASHED_DIGITS; index += 1) {
    hash = (hash << 4) | valueOfDigit(id.charCodeAt(index));
  }
  return hash;
}

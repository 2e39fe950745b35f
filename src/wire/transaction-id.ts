/** Transaction id: the id that a request and its answers share. */
import type { Buffer } from 'node:buffer';

/** A transaction id: its 20 bytes as 40 hexadecimal digits, in lower case. */
export type TransactionId = string;

export const ID_BYTES = 20;
export const ID_DIGITS = 2 * ID_BYTES;

/** How many bytes of an id are hashed. */
const HASHED_BYTES = 3;

const ID = new RegExp(`^[0-9a-f]{${ID_DIGITS}}$`);

export function isTransactionId(value: unknown): value is TransactionId {
  return typeof value === 'string' && ID.test(value);
}

/** The value of a hexadecimal digit in lower case, by its character code. */
export function valueOfDigit(code: number): number {
  // The low four bits of '0' to '9' are their value. Those of 'a' to 'f' are 1 to 6, and 0x40 is
  // set.
  return (code & 0x0f) + 9 * (code >>> 6);
}

/** The byte whose two digits are at `index` of an id. */
function byteOfId(id: TransactionId, index: number): number {
  return (valueOfDigit(id.charCodeAt(index)) << 4) | valueOfDigit(id.charCodeAt(index + 1));
}

export function writeId(target: Buffer, id: TransactionId, offset: number): void {
  for (let index = 0; index < id.length; index += 2) {
    target[offset + (index >>> 1)] = byteOfId(id, index);
  }
}

export function readId(bytes: Buffer, offset: number): TransactionId {
  return bytes.toString('hex', offset, offset + ID_BYTES);
}

/** Whether these bytes are the id. Unlike `readId` it makes no text. */
export function isIdAt(bytes: Uint8Array, offset: number, id: TransactionId): boolean {
  for (let index = 0; index < ID_DIGITS; index += 2) {
    if (bytes[offset + (index >>> 1)] !== byteOfId(id, index)) return false;
  }
  return true;
}

/**
 * The hash of an id that this endpoint made. A part of the id is enough, because it is random and
 * others cannot choose it.
 */
export function hashOfId(id: TransactionId): number {
  let hash = 0;
  for (let index = 0; index < 2 * HASHED_BYTES; index += 2) {
    hash = (hash << 8) | byteOfId(id, index);
  }
  return hash;
}

/** The hash of the id that these bytes are. */
export function hashOfIdAt(bytes: Uint8Array, offset: number): number {
  let hash = 0;
  for (let index = 0; index < HASHED_BYTES; index += 1) {
    hash = (hash << 8) | (bytes[offset + index] as number);
  }
  return hash;
}

import type { TransactionId } from '../wire/frame.js';

/** How many digits of an id are hashed: 24 bits. */
const HASHED_DIGITS = 6;

/** A hash of an id of our own making: a part of it, for it is random, and nobody else can choose it. */
export function hashOfId(id: TransactionId): number {
  let hash = 0;
  for (let index = 0; index < HASHED_DIGITS; index += 1) {
    const digit = id.charCodeAt(index);
    // '0' to '9' end in their value; 'a' to 'f' end in 1 to 6, and have the bit 0x40.
    hash = (hash << 4) | ((digit & 0x0f) + 9 * (digit >>> 6));
  }
  return hash;
}

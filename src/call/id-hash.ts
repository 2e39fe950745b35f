import { type TransactionId, valueOfDigit } from '../wire/frame.js';

/** How many digits of an id are hashed: 24 bits. */
const HASHED_DIGITS = 6;

/** A hash of an id of our own making: a part of it, for it is random, and nobody else can choose it. */
export function hashOfId(id: TransactionId): number {
  let hash = 0;
  for (let index = 0; index < HASHED_DIGITS; index += 1) {
    hash = (hash << 4) | valueOfDigit(id.charCodeAt(index));
  }
  return hash;
}

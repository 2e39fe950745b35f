/*
 * Map keys like "7", which JavaScript takes for indices of an array. V8 makes an array as long as the highest
 * of an object: 12 KB for an object of six bytes on the wire.
 */

/** The highest index there is: whoever holds it cannot be stored as an array. */
const MAX_INDEX = 2 ** 32 - 2;
const MAX_INDEX_DIGITS = String(MAX_INDEX).length;

/** Whether the text in `bytes[start, end)` begins with a digit, and is no longer than an index. */
export function couldBeIndex(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] as number;
  if (first < 0x30 || first > 0x39) return false;
  return end > start && end - start <= MAX_INDEX_DIGITS;
}

/** Has V8 keep an object's indices in a hash table; it goes on doing so until an array is no larger. */
export function storeIndicesSparsely(object: Record<number, unknown>): void {
  object[MAX_INDEX] = null;
  Reflect.deleteProperty(object, MAX_INDEX);
}

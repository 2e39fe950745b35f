/**
 * Index keys: map keys like "7", which JavaScript treats as array indices. For an object with such
 * keys, V8 may allocate an array as long as the highest one: 12 KB for an object of six bytes on
 * the wire.
 */

/** The highest possible array index. An object that has it cannot be stored as an array. */
const MAX_INDEX = 2 ** 32 - 2;
const MAX_INDEX_DIGITS = String(MAX_INDEX).length;

/** Whether the text in `bytes[start, end)` begins with a digit and is not longer than an index. */
export function couldBeIndex(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] as number;
  if (first < 0x30 || first > 0x39) return false;
  return end > start && end - start <= MAX_INDEX_DIGITS;
}

/** Makes V8 keep an object's indices in a hash table, until an array would not be larger. */
export function storeIndicesSparsely(object: Record<number, unknown>): void {
  object[MAX_INDEX] = null;
  Reflect.deleteProperty(object, MAX_INDEX);
}

/**
 * Format: the formats of MessagePack (spec.md, "Formats"), by the first byte of an item. An item is
 * a scalar, a string or a similar value, or the head of an array or a map. The elements of an array
 * or a map are separate items.
 */

/** The formats of 0xc0 to 0xdf, named as in the specification. */
const NAMES = [
  ...['nil', 'never used', 'false', 'true', 'bin 8', 'bin 16', 'bin 32', 'ext 8', 'ext 16'],
  ...['ext 32', 'float 32', 'float 64', 'uint 8', 'uint 16', 'uint 32', 'uint 64', 'int 8'],
  ...['int 16', 'int 32', 'int 64', 'fixext 1', 'fixext 2', 'fixext 4', 'fixext 8', 'fixext 16'],
  ...['str 8', 'str 16', 'str 32', 'array 16', 'array 32', 'map 16', 'map 32'],
] as const;

/** The name of a msgpack format by the item's first byte, such as `fixstr` or `uint 16`. */
export function formatName(code: number): string {
  if (code < 0x80) return 'positive fixint';
  if (code < 0x90) return 'fixmap';
  if (code < 0xa0) return 'fixarray';
  if (code < 0xc0) return 'fixstr';
  return NAMES[code - 0xc0] ?? 'negative fixint';
}

export const KIND_SCALAR = 0;
export const KIND_RESERVED = 1;
export const KIND_STRING = 2;
export const KIND_BINARY = 3;
export const KIND_EXTENSION = 4;
export const KIND_ARRAY = 5;
export const KIND_MAP = 6;

export function kindOf(code: number): number {
  if (code < 0x80 || code >= 0xe0) return KIND_SCALAR;
  if (code < 0x90) return KIND_MAP;
  if (code < 0xa0) return KIND_ARRAY;
  if (code < 0xc0) return KIND_STRING;
  if (code === 0xc1) return KIND_RESERVED;
  if (code < 0xc4) return KIND_SCALAR;
  if (code < 0xc7) return KIND_BINARY;
  if (code < 0xca) return KIND_EXTENSION;
  if (code < 0xd4) return KIND_SCALAR;
  if (code < 0xd9) return KIND_EXTENSION;
  if (code < 0xdc) return KIND_STRING;
  return code < 0xde ? KIND_ARRAY : KIND_MAP;
}

/** Payload bytes of 0xca to 0xd3: float 32 and 64, uint 8 to 64, int 8 to 64. */
const NUMBER_BYTES = Uint8Array.of(4, 8, 1, 2, 4, 8, 1, 2, 4, 8);

export function scalarBytes(code: number): number {
  return code >= 0xca && code <= 0xd3 ? (NUMBER_BYTES[code - 0xca] as number) : 0;
}

/** The length of the size field of any item but a scalar; 0 if the first byte has the size. */
export function sizeFieldBytes(code: number): number {
  if (code < 0xc0 || (code >= 0xd4 && code <= 0xd8)) return 0;
  // Binary, extension and string have size fields of 8, 16 or 32 bits; array and map of 16 or 32.
  if (code <= 0xc6) return 1 << (code - 0xc4);
  if (code <= 0xc9) return 1 << (code - 0xc7);
  if (code <= 0xdb) return 1 << (code - 0xd9);
  return (code & 1) === 0 ? 2 : 4;
}

/** The size that the first byte itself contains. */
export function inlineSize(code: number): number {
  if (code >= 0xd4) return 1 << (code - 0xd4);
  return code >= 0xa0 ? code & 0x1f : code & 0x0f;
}

/**
 * Reads an unsigned integer of `length` bytes, at most 6. It uses no DataView, so that nothing is
 * allocated before the checks.
 */
export function readUint(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let index = offset; index < offset + length; index += 1) {
    value = value * 0x100 + (bytes[index] as number);
  }
  return value;
}

/**
 * The size of a sound item at `offset`: the number of items of an array, of entries of a map, or of
 * payload bytes of any other item.
 */
export function sizeOf(bytes: Uint8Array, offset: number): number {
  const code = bytes[offset] as number;
  if (kindOf(code) === KIND_SCALAR) return scalarBytes(code);
  const fieldBytes = sizeFieldBytes(code);
  return fieldBytes === 0 ? inlineSize(code) : readUint(bytes, offset + 1, fieldBytes);
}

/** Where the payload of a sound item starts. That of an extension starts with its type. */
export function payloadAt(bytes: Uint8Array, offset: number): number {
  const code = bytes[offset] as number;
  return offset + 1 + (kindOf(code) === KIND_SCALAR ? 0 : sizeFieldBytes(code));
}

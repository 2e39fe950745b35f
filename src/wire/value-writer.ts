import { Buffer } from 'node:buffer';
import { ExtData } from '@msgpack/msgpack';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { MAX_LOOPED_TEXT_LENGTH } from './outbound-frame.js';
import { MAX_DEPTH } from './skim.js';
import { encodeTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';
import { OverBudget, Unfaithful } from './unfaithful.js';

/*
 * Values as they are sent, each in the fewest bytes, as Python's umsgpack writes it. What would arrive as
 * something else is refused, with four exceptions that every reader of JSON knows or nobody can see:
 *
 * - undefined is sent as nil, and a property that is undefined is left out.
 * - −0 is sent as 0.
 * - Symbol keys, and properties that are not enumerable, are left out.
 * - A safe whole number is sent as an integer, for JavaScript does not tell 1 from 1.0.
 *
 * The encoder of @msgpack/msgpack cannot: it sends holes, cycles, Maps and lone surrogates as something, and
 * integers beyond 32 bits as floats. A walk before it, which refused and converted those, and the encoder
 * together took three times as long as this.
 */

const MAX_UINT32 = 2 ** 32 - 1;
const MIN_INT32 = -(2 ** 31);
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

const LONE_SURROGATE =
  'the string has a lone surrogate, which UTF-8 cannot carry; send the bytes as a Uint8Array';

/** What fits in a datagram, and two bytes for each map that is open: its head may turn out to be shorter. */
const MAX_BYTES = MAX_DATAGRAM_BYTES + 2 * MAX_DEPTH;

export class ValueWriter {
  readonly #bytes = Buffer.allocUnsafeSlow(MAX_BYTES);
  #position = 0;

  /** Begins anew: what was written is gone. */
  start(): void {
    this.#position = 0;
  }

  /** How many bytes were written. */
  get length(): number {
    return this.#position;
  }

  /** What was written, with a latin1 character for each byte. */
  toText(): string {
    return this.#bytes.toString('latin1', 0, this.#position);
  }

  /**
   * Writes a value inside so many arrays and maps. Throws `Unfaithful` for what would not arrive as it was
   * sent, and `OverBudget` for what fits in no datagram.
   */
  write(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        this.#writeText(value);
        return;
      case 'number':
        if (Number.isSafeInteger(value)) this.#writeInteger(value);
        else this.#bytes.writeDoubleBE(value, this.#head(0xcb, 8));
        return;
      case 'boolean':
        this.#writeByte(value ? 0xc3 : 0xc2);
        return;
      case 'undefined':
        this.#writeByte(0xc0);
        return;
      case 'bigint':
        this.#writeBigint(value);
        return;
      case 'object':
        if (value === null) this.#writeByte(0xc0);
        else this.#writeObject(value, depth);
        return;
      case 'function':
        throw new Unfaithful('a function cannot be encoded');
      case 'symbol':
        throw new Unfaithful('a symbol cannot be encoded; send its description');
    }
  }

  #writeText(text: string): void {
    if (text.length <= MAX_LOOPED_TEXT_LENGTH && this.#writeAscii(text)) return;
    if (!isWellFormed(text)) throw new Unfaithful(LONE_SURROGATE);
    const length = Buffer.byteLength(text);
    this.#writeTextHead(length);
    this.#bytes.write(text, this.#advance(length));
  }

  /** Says whether it could: it writes nothing if there is another character. */
  #writeAscii(text: string): boolean {
    const start = this.#position;
    const { length } = text;
    this.#writeTextHead(length);
    const offset = this.#advance(length);
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) {
        this.#position = start;
        return false;
      }
      this.#bytes[offset + index] = code;
    }
    return true;
  }

  #writeTextHead(length: number): void {
    if (length < 0x20) this.#writeByte(0xa0 | length);
    else if (length < 0x100) this.#bytes[this.#head(0xd9, 1)] = length;
    else this.#bytes.writeUInt16BE(this.#within16Bits(length), this.#head(0xda, 2));
  }

  #writeInteger(value: number): void {
    const bytes = this.#bytes;
    if (value >= 0) {
      if (value < 0x80) this.#writeByte(value);
      else if (value < 0x100) bytes[this.#head(0xcc, 1)] = value;
      else if (value < 0x10000) bytes.writeUInt16BE(value, this.#head(0xcd, 2));
      else if (value <= MAX_UINT32) bytes.writeUInt32BE(value, this.#head(0xce, 4));
      else bytes.writeBigUInt64BE(BigInt(value), this.#head(0xcf, 8));
    } else if (value >= -0x20) this.#writeByte(value & 0xff);
    else if (value >= -0x80) bytes.writeInt8(value, this.#head(0xd0, 1));
    else if (value >= -0x8000) bytes.writeInt16BE(value, this.#head(0xd1, 2));
    else if (value >= MIN_INT32) bytes.writeInt32BE(value, this.#head(0xd2, 4));
    else bytes.writeBigInt64BE(BigInt(value), this.#head(0xd3, 8));
  }

  #writeBigint(value: bigint): void {
    if (value > MAX_UINT64 || value < MIN_INT64) {
      throw new Unfaithful('the bigint takes more than 64 bits; send it as a string');
    }
    if (value <= MAX_UINT32 && value >= MIN_INT32) this.#writeInteger(Number(value));
    else if (value >= 0n) this.#bytes.writeBigUInt64BE(value, this.#head(0xcf, 8));
    else this.#bytes.writeBigInt64BE(value, this.#head(0xd3, 8));
  }

  #writeObject(value: object, depth: number): void {
    if (Array.isArray(value)) this.#writeArray(value, depth + 1);
    else if (value instanceof Uint8Array && ArrayBuffer.isView(value)) this.#writeBinary(value);
    else if (value instanceof Date) this.#writeDate(value);
    else if (value instanceof ExtData) this.#writeExtension(value);
    else {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) throw Unfaithful.ofKind(value);
      this.#writeRecord(value as Readonly<Record<string, unknown>>, depth + 1);
    }
  }

  #writeArray(array: readonly unknown[], depth: number): void {
    if (depth > MAX_DEPTH) throw Unfaithful.tooDeep(MAX_DEPTH);
    const { length } = array;
    // Only a Proxy can say such a thing.
    if (!Number.isInteger(length) || length < 0) {
      throw new Unfaithful(`the array says that it has ${length} items`);
    }
    if (length < 0x10) this.#writeByte(0x90 | length);
    else this.#bytes.writeUInt16BE(this.#within16Bits(length), this.#head(0xdc, 2));
    let index = 0;
    try {
      for (; index < length; index += 1) {
        const item = array[index];
        if (item === undefined && !(index in array)) {
          throw new Unfaithful('the array is sparse here; send null');
        }
        this.write(item, depth);
      }
    } catch (error) {
      throw Unfaithful.within(array, index, error);
    }
  }

  #writeRecord(record: Readonly<Record<string, unknown>>, depth: number): void {
    if (depth > MAX_DEPTH) throw Unfaithful.tooDeep(MAX_DEPTH);
    const keys = Object.keys(record);
    const head = this.#advance(keys.length < 0x10 ? 1 : 3);
    let entries = 0;
    for (const key of keys) {
      try {
        const item = record[key];
        if (item === undefined) continue;
        if (key === '__proto__') throw new Unfaithful('peers refuse the key __proto__');
        this.#writeText(key);
        this.write(item, depth);
        entries += 1;
      } catch (error) {
        throw Unfaithful.within(record, key, error);
      }
    }
    this.#writeMapHead(head, keys.length, entries);
  }

  /** It is known only now how many of the keys have a value, and whether the longer head was needed. */
  #writeMapHead(head: number, keys: number, entries: number): void {
    if (entries >= 0x10) {
      this.#bytes[head] = 0xde;
      this.#bytes.writeUInt16BE(entries, head + 1);
      return;
    }
    this.#bytes[head] = 0x80 | entries;
    if (keys < 0x10) return;
    this.#bytes.copyWithin(head + 1, head + 3, this.#position);
    this.#position -= 2;
  }

  #writeBinary(binary: Uint8Array): void {
    const length = byteLengthOf(binary);
    if (length < 0x100) this.#bytes[this.#head(0xc4, 1)] = length;
    else this.#bytes.writeUInt16BE(this.#within16Bits(length), this.#head(0xc5, 2));
    this.#bytes.set(binary, this.#advance(length));
  }

  #writeDate(date: Date): void {
    if (Number.isNaN(date.getTime())) throw new Unfaithful('the Date is invalid');
    this.#writeExtensionOf(TIMESTAMP_EXTENSION, encodeTimestamp(date));
  }

  #writeExtension({ type, data }: ExtData): void {
    if (!(data instanceof Uint8Array)) {
      throw new Unfaithful('the data of an ExtData must be a Uint8Array');
    }
    if (type === TIMESTAMP_EXTENSION) {
      throw new Unfaithful('extension type -1 is a timestamp; send a Date or a PreciseDate');
    }
    if (!Number.isInteger(type) || type < -128 || type > 127) {
      throw new Unfaithful(`the extension type is ${type}; it must be an integer from -128 to 127`);
    }
    this.#writeExtensionOf(type, data);
  }

  #writeExtensionOf(type: number, data: Uint8Array): void {
    const length = byteLengthOf(data);
    const power = FIXED_EXTENSION_BYTES.indexOf(length);
    if (power !== -1) this.#writeByte(0xd4 + power);
    else if (length < 0x100) this.#bytes[this.#head(0xc7, 1)] = length;
    else this.#bytes.writeUInt16BE(this.#within16Bits(length), this.#head(0xc8, 2));
    this.#writeByte(type & 0xff);
    this.#bytes.set(data, this.#advance(length));
  }

  #writeByte(byte: number): void {
    this.#bytes[this.#advance(1)] = byte;
  }

  /** Writes a code and makes room for the field after it; gives the offset of that. */
  #head(code: number, fieldBytes: number): number {
    const start = this.#advance(1 + fieldBytes);
    this.#bytes[start] = code;
    return start + 1;
  }

  /** Makes room for so many bytes and gives the offset at which they start. */
  #advance(length: number): number {
    const start = this.#position;
    if (length > MAX_BYTES - start) throw new OverBudget();
    this.#position = start + length;
    return start;
  }

  /** A longer text, array or binary has more bytes than a datagram. */
  #within16Bits(length: number): number {
    if (length > 0xffff) throw new OverBudget();
    return length;
  }
}

/** Its true length: a subclass may say another, and the rest would be what was written before. */
function byteLengthOf(binary: Uint8Array): number {
  return Reflect.get(typedArrayPrototype, 'byteLength', binary) as number;
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

const FIXED_EXTENSION_BYTES = [1, 2, 4, 8, 16];

/** ES2024, in Node since 20; the project's lib is ES2023. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

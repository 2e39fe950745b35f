/**
 * Faithful copy: copies a value for the encoder into plain arrays and objects. The encoder of
 * `@msgpack/msgpack` writes each value of the copy in the fewest bytes, as Python's umsgpack does.
 * Everything is read only once, because a getter or a Proxy could give the encoder another value
 * than the check saw. What a value is does not depend on the realm that made it: a vm context, or
 * the environment of a test runner. A value that would arrive as something else is refused, with
 * four exceptions, which are known from JSON or cannot be noticed:
 *
 * - undefined is sent as nil, and a property that is undefined is left out.
 * - −0 is sent as 0.
 * - Properties that are not enumerable are left out.
 * - A safe whole number is sent as an integer, because JavaScript does not distinguish 1 from 1.0.
 */
import { isDate, isUint8Array } from 'node:util/types';
import { ExtData } from '@msgpack/msgpack';
import { quote } from '../errors.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { MAX_DEPTH } from './skim.js';
import { encodeTimestamp, TIMESTAMP_EXTENSION } from './timestamp.js';
import { OverBudget, Unfaithful } from './unfaithful.js';

const MAX_UINT32 = 2 ** 32 - 1;
const MIN_INT32 = -(2 ** 31);
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);
/** The fewest bytes of a float, or of an integer of more than 31 bits. */
const WIDE_NUMBER_BYTES = 5;
/** The fewest bytes of a timestamp. */
const TIMESTAMP_BYTES = 6;
/** The fewest bytes before the data of a binary or an extension. */
const BINARY_HEAD_BYTES = 2;
/** The longest array or map of a 16-bit head. A longer one does not fit in a datagram. */
const MAX_LENGTH = 0xffff;

const LONE_SURROGATE =
  'the string has a lone surrogate, which UTF-8 cannot carry; send the bytes as a Uint8Array';

/**
 * Copies a value for the encoder. Throws `Unfaithful` for a value that would not arrive unchanged,
 * and `OverBudget` for a value that does not fit in a datagram.
 *
 * @param ownLists how many of the outermost arrays are lists of this package. They have nothing
 *   besides their items.
 */
export function faithfulCopy(value: unknown, ownLists = 0): unknown {
  return new Copier(ownLists).copy(value, 0);
}

class Copier {
  readonly #ownLists: number;
  /**
   * The fewest bytes that the value needs so far. So the encoder never gets a value that is much
   * larger than a datagram.
   */
  #bytes = 0;

  constructor(ownLists: number) {
    this.#ownLists = ownLists;
  }

  /** Copies a value that is inside `depth` arrays and maps. */
  copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#checkText(value);
      case 'number':
        return this.#copyNumber(value);
      case 'boolean':
        this.#count(1);
        return value;
      case 'undefined':
        this.#count(1);
        return null;
      case 'bigint':
        return this.#copyBigint(value);
      case 'object':
        if (value !== null) return this.#copyObject(value, depth);
        this.#count(1);
        return null;
      case 'function':
        throw new Unfaithful('a function cannot be encoded');
      case 'symbol':
        throw new Unfaithful('a symbol cannot be encoded; send its description');
    }
  }

  #checkText(text: string): string {
    this.#count(1 + text.length);
    if (!isWellFormed(text)) throw new Unfaithful(LONE_SURROGATE);
    return text;
  }

  #copyNumber(value: number): number | bigint {
    if ((value | 0) === value) {
      this.#count(1);
      return value;
    }
    this.#count(WIDE_NUMBER_BYTES);
    // The encoder would write such a number as a float. It writes a bigint as an integer.
    const isInteger64 = Number.isSafeInteger(value) && (value > MAX_UINT32 || value < MIN_INT32);
    return isInteger64 ? BigInt(value) : value;
  }

  #copyBigint(value: bigint): number | bigint {
    if (value > MAX_UINT64 || value < MIN_INT64) {
      throw new Unfaithful('the bigint takes more than 64 bits; send it as a string');
    }
    if (value <= MAX_UINT32 && value >= MIN_INT32) return this.#copyNumber(Number(value));
    this.#count(WIDE_NUMBER_BYTES);
    return value;
  }

  #copyObject(value: object, depth: number): object {
    if (Array.isArray(value)) return this.#copyArray(value, depth + 1);
    if (isUint8Array(value)) return this.#copyBinary(value);
    if (isDate(value)) return this.#copyDate(value);
    if (value instanceof ExtData) return this.#copyExtension(value);
    if (!isRecord(value)) throw Unfaithful.ofKind(value);
    if (Symbol.iterator in value) {
      throw new Unfaithful('the object is iterable, as `arguments` is; send an array of its items');
    }
    return this.#copyRecord(value, depth + 1);
  }

  #copyArray(array: readonly unknown[], depth: number): unknown[] {
    if (depth > MAX_DEPTH) throw Unfaithful.tooDeep(MAX_DEPTH);
    const { length } = array;
    // Only a Proxy can have such a length.
    if (!Number.isInteger(length) || length < 0) {
      throw new Unfaithful(`the length of the array is ${length}; it must be a whole number`);
    }
    if (length > MAX_LENGTH) throw new OverBudget();
    this.#count(1);
    if (depth > this.#ownLists) requireItemsAlone(array, length);
    const copy = new Array<unknown>(length);
    let index = 0;
    try {
      for (; index < length; index += 1) {
        const item = array[index];
        if (item === undefined && !(index in array)) {
          throw new Unfaithful('the array is sparse here; send null');
        }
        copy[index] = this.copy(item, depth);
      }
    } catch (error) {
      throw Unfaithful.within(array, index, error);
    }
    return copy;
  }

  #copyRecord(record: Readonly<Record<string, unknown>>, depth: number): object {
    if (depth > MAX_DEPTH) throw Unfaithful.tooDeep(MAX_DEPTH);
    this.#count(1);
    const copy = propertiesOf(record);
    const [symbol] = Object.getOwnPropertySymbols(copy);
    if (symbol !== undefined) {
      throw new Unfaithful(`the key ${String(symbol)} is a symbol, which only this process knows`);
    }
    for (const key in copy) {
      // This costs nothing here, while Object.hasOwn takes 10 ns for each key.
      if (!Object.prototype.hasOwnProperty.call(copy, key)) continue;
      try {
        const item = copy[key];
        if (item === undefined) {
          Reflect.deleteProperty(copy, key);
          continue;
        }
        if (key === '__proto__') throw new Unfaithful('peers refuse the key __proto__');
        this.#checkText(key);
        const copied = this.copy(item, depth);
        if (copied !== item) copy[key] = copied;
      } catch (error) {
        throw Unfaithful.within(record, key, error);
      }
    }
    return copy;
  }

  #copyBinary(binary: Uint8Array): Uint8Array {
    this.#count(BINARY_HEAD_BYTES + byteLengthOf(binary));
    return new Uint8Array(binary);
  }

  #copyDate(date: Date): ExtData {
    if (Number.isNaN(date.getTime())) throw new Unfaithful('the Date is invalid');
    this.#count(TIMESTAMP_BYTES);
    return new ExtData(TIMESTAMP_EXTENSION, encodeTimestamp(date));
  }

  #copyExtension({ type, data }: ExtData): ExtData {
    if (!(data instanceof Uint8Array)) {
      throw new Unfaithful('the data of an ExtData must be a Uint8Array');
    }
    if (type === TIMESTAMP_EXTENSION) {
      throw new Unfaithful('extension type -1 is a timestamp; send a Date or a PreciseDate');
    }
    if (!Number.isInteger(type) || type < -128 || type > 127) {
      throw new Unfaithful(`the extension type is ${type}; it must be an integer from -128 to 127`);
    }
    return new ExtData(type, this.#copyBinary(data));
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MAX_DATAGRAM_BYTES) throw new OverBudget();
  }
}

/** Whether an object is plain, in whatever realm it was made. */
function isRecord(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}

const ITEM = /^[0-9]+$/;

/** Throws `Unfaithful` for an array that has properties besides its items, as a RegExp's match. */
function requireItemsAlone(array: readonly unknown[], length: number): void {
  const keys = Object.keys(array);
  // With a key for each item there is no other. In a sparse array there may be, but its first hole
  // is refused.
  if (keys.length === length) return;
  // The keys of items come first.
  const last = keys.at(-1);
  if (last === undefined || ITEM.test(last)) return;
  throw new Unfaithful(`the array has a property ${quote(last)} besides its items; send an object`);
}

/**
 * The properties of a record, each read once. Throws `Unfaithful` for a property that cannot be
 * read, and `OverBudget` for more properties than fit in a datagram.
 */
function propertiesOf(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (Object.keys(record).length > MAX_LENGTH) throw new OverBudget();
  try {
    return { ...record };
  } catch (error) {
    const key = unreadableKey(record);
    throw key === undefined ? error : Unfaithful.within(record, key, error);
  }
}

/** The first property that cannot be read. Only used to find its key; values are not kept. */
function unreadableKey(record: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of Object.keys(record)) {
    try {
      Reflect.get(record, key);
    } catch {
      return key;
    }
  }
  return undefined;
}

/** The true length of a binary: a subclass may report another one. */
function byteLengthOf(binary: Uint8Array): number {
  return Reflect.get(typedArrayPrototype, 'byteLength', binary) as number;
}

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;

/** ES2024, in Node.js since version 20; the project's lib is ES2023. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

import { ExtData } from '@msgpack/msgpack';
import type { EncodingBudget } from './encoding-budget.js';
import { MAX_DEPTH } from './skim.js';
import { TIMESTAMP_EXTENSION } from './timestamp.js';
import { Unfaithful } from './unfaithful.js';

/*
 * Values as they are sent. What would arrive as something else is refused, with four exceptions that
 * every reader of JSON knows or nobody can see:
 *
 * - undefined is sent as nil, and a property that is undefined is left out.
 * - −0 is sent as 0.
 * - Symbol keys, and properties that are not enumerable, are left out.
 * - A safe whole number is sent as an integer, for JavaScript does not tell 1 from 1.0.
 *
 * Safe integers beyond 32 bits become bigints here because @msgpack/msgpack would send them as floats
 * (it is set to accept bigints), and a peer that counts in integers must see an integer.
 */

const MAX_UINT32 = 2 ** 32 - 1;
const MIN_INT32 = -(2 ** 31);
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/**
 * The value as the encoder must see it: itself when it travels as it is, which allocates nothing,
 * else a copy of as much of it as changes. `depth` counts the arrays and maps around it.
 *
 * Throws `Unfaithful` for what would not arrive as it was sent, and `OverBudget`.
 */
export function toFaithful(value: unknown, depth: number, budget: EncodingBudget): unknown {
  budget.spend(1);
  switch (typeof value) {
    case 'string':
      budget.spend(value.length);
      if (!isWellFormed(value)) throw new Unfaithful(LONE_SURROGATE);
      return value;
    case 'number':
      return Number.isSafeInteger(value) && (value > MAX_UINT32 || value < MIN_INT32)
        ? BigInt(value)
        : value;
    case 'boolean':
    case 'undefined':
      return value;
    case 'bigint':
      return faithfulBigint(value);
    case 'object':
      if (value === null) return value;
      return faithfulObject(value, depth, budget);
    case 'function':
      throw new Unfaithful('a function cannot be encoded');
    case 'symbol':
      throw new Unfaithful('a symbol cannot be encoded; send its description');
  }
}

const LONE_SURROGATE =
  'the string has a lone surrogate, which UTF-8 cannot carry; send the bytes as a Uint8Array';

function faithfulBigint(value: bigint): number | bigint {
  if (value > MAX_UINT64 || value < MIN_INT64) {
    throw new Unfaithful('the bigint takes more than 64 bits; send it as a string');
  }
  return value <= MAX_UINT32 && value >= MIN_INT32 ? Number(value) : value;
}

function faithfulObject(value: object, depth: number, budget: EncodingBudget): unknown {
  if (Array.isArray(value)) return faithfulArray(value, depth + 1, budget);
  if (value instanceof Uint8Array && ArrayBuffer.isView(value)) {
    budget.spend(value.byteLength);
    return value;
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unfaithful('the Date is invalid');
    return value;
  }
  if (value instanceof ExtData) return faithfulExtension(value, budget);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw Unfaithful.ofKind(value);
  return faithfulRecord(value as Record<string, unknown>, depth + 1, budget);
}

function faithfulExtension(value: ExtData, budget: EncodingBudget): ExtData {
  const { type, data } = value;
  if (!(data instanceof Uint8Array)) {
    throw new Unfaithful('the data of an ExtData must be a Uint8Array');
  }
  if (type === TIMESTAMP_EXTENSION) {
    throw new Unfaithful('extension type -1 is a timestamp; send a Date or a PreciseDate');
  }
  if (!Number.isInteger(type) || type < -128 || type > 127) {
    throw new Unfaithful(`the extension type is ${type}; it must be an integer from -128 to 127`);
  }
  budget.spend(data.byteLength);
  return value;
}

function faithfulArray(array: readonly unknown[], depth: number, budget: EncodingBudget): unknown {
  if (depth > MAX_DEPTH) throw Unfaithful.tooDeep(MAX_DEPTH);
  // The encoder iterates: a subclass might give other items than its length promises.
  let copy: unknown[] | undefined =
    Object.getPrototypeOf(array) === Array.prototype ? undefined : [];
  let index = 0;
  try {
    for (; index < array.length; index += 1) {
      const item = array[index];
      if (item === undefined && !(index in array)) {
        throw new Unfaithful('the array is sparse here; send null');
      }
      const faithful = toFaithful(item, depth, budget);
      if (copy === undefined && !Object.is(faithful, item)) copy = array.slice(0, index);
      copy?.push(faithful);
    }
  } catch (error) {
    throw Unfaithful.within(array, index, error);
  }
  return copy ?? array;
}

function faithfulRecord(
  record: Readonly<Record<string, unknown>>,
  depth: number,
  budget: EncodingBudget,
): unknown {
  if (depth > MAX_DEPTH) throw Unfaithful.tooDeep(MAX_DEPTH);
  const keys = Object.keys(record);
  let copy: Record<string, unknown> | undefined;
  for (const key of keys) {
    try {
      const item = record[key];
      if (item === undefined) continue;
      budget.spend(1 + key.length);
      if (key === '__proto__') throw new Unfaithful('peers refuse the key __proto__');
      if (!isWellFormed(key)) throw new Unfaithful(LONE_SURROGATE);
      const faithful = toFaithful(item, depth, budget);
      if (Object.is(faithful, item)) continue;
      copy ??= { ...record };
      copy[key] = faithful;
    } catch (error) {
      throw Unfaithful.within(record, key, error);
    }
  }
  return copy ?? record;
}

/** ES2024, in Node since 20; the project's lib is ES2023. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

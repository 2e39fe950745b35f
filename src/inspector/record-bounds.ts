/**
 * Record bounds: what a record may hold at most, so that reading one takes a bounded time. A record
 * from a file or a feed can have been written by anybody.
 *
 * Recorders make smaller ones: at most 257 arguments, 256 frames, values 40 levels deep.
 */
import { array, custom, finite, minValue, number, pipe, record, string } from 'valibot';
import type { GenericSchema, InferOutput } from 'valibot';

/** The most items of a list, and the most entries of a map. */
const MAX_ITEMS = 1_024;
const MAX_DEPTH = 64;
/** The longest record as JSON text. It is many times what the largest datagram needs. */
export const MAX_RECORD_CHARS = 1024 * 1024;

/** JSON has no infinite numbers, but its parser reads 1e999 as Infinity. */
export const real = pipe(number(), finite());
export const count = pipe(real, minValue(0));

/** What all records have. */
export const common = {
  /**
   * The key of the endpoint, unique among those that feed one inspector. The actors of a program have
   * such a key as well.
   */
  endpoint: string(),
  seq: count,
  atMs: real,
};

/** A short list. Its length is checked before its items are looked at. */
export function list<Item extends GenericSchema>(
  item: Item,
): GenericSchema<unknown, InferOutput<Item>[]> {
  return pipe(custom<unknown[]>(isShortArray), array(item));
}

/** An object with any keys, but not many. */
export function table<Value extends GenericSchema>(
  value: Value,
): GenericSchema<unknown, Record<string, InferOutput<Value>>> {
  return pipe(custom<Record<string, unknown>>(hasFewEntries), record(string(), value));
}

/** A value as `legible` shows it: any JSON in which nothing is long or nested too deeply. */
export const legible = custom<unknown>((value) => isLegible(value, MAX_DEPTH));

function isShortArray(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_ITEMS;
}

function hasFewEntries(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length <= MAX_ITEMS;
}

function isLegible(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const items: unknown[] = Array.isArray(value) ? value : Object.values(value);
  if (levels === 0 || items.length > MAX_ITEMS) return false;
  return items.every((item) => isLegible(item, levels - 1));
}

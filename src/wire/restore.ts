/**
 * Restore: corrects the values that the library decodes, so that they are as decoder.ts describes:
 *
 * - An integer becomes a number where that is exact (up to ±(2^53 − 1)), otherwise a bigint.
 * - Binary becomes a Uint8Array with its own memory instead of a view. A view would keep the whole
 *   received datagram in memory, and in small bodies the next body would overwrite it.
 * - Equal keys drop the datagram. An object keeps only the last one of them, which is detected by
 *   counting its entries.
 */
import { DROP } from './drop.js';

/**
 * Restores a decoded value in place and gives it. Gives the `Drop` `duplicateKey` if its objects do
 * not have as many entries as `skim` counted.
 */
export function restore(value: unknown, entries: number): unknown {
  if (!isContainer(value)) return restoreScalar(value);
  return restoreWithin(value) === entries ? value : DROP.duplicateKey;
}

/** Restores a value that contains no other values. */
export function restoreScalar(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}

type Container = unknown[] | Record<string, unknown>;

function isContainer(value: unknown): value is Container {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** Gives the sum of the entries of all objects that have more than one entry. */
function restoreWithin(container: Container): number {
  return Array.isArray(container) ? restoreItems(container) : restoreEntries(container);
}

function restoreItems(items: unknown[]): number {
  let entries = 0;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (isContainer(item)) entries += restoreWithin(item);
    else if (isOdd(item)) items[index] = restoreScalar(item);
  }
  return entries;
}

function restoreEntries(record: Record<string, unknown>): number {
  const keys = Object.keys(record);
  let entries = keys.length > 1 ? keys.length : 0;
  for (const key of keys) {
    const item = record[key];
    if (isContainer(item)) entries += restoreWithin(item);
    else if (isOdd(item)) record[key] = restoreScalar(item);
  }
  return entries;
}

function isOdd(value: unknown): boolean {
  return typeof value === 'bigint' || value instanceof Uint8Array;
}

import { DROP } from './drop.js';

/*
 * Makes of what the library decodes what this package promises:
 *
 * - An integer is a number where that is exact (to ±(2^53 − 1)), a bigint beyond.
 * - Binary is a Uint8Array of its own, no view: one that is kept would pin all of what was received, and
 *   small bodies are overwritten by the next.
 * - Equal keys drop the datagram. An object has but the last of them, which shows when its entries are
 *   counted.
 */

/**
 * Restores a decoded value in place, and gives it; or the `Drop` `duplicateKey`, if its objects have not
 * as many entries as `skim` counted.
 */
export function restore(value: unknown, entries: number): unknown {
  if (!isContainer(value)) return restoreScalar(value);
  return restoreWithin(value) === entries ? value : DROP.duplicateKey;
}

/** What holds no other value: an integer, binary, or what needs nothing. */
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

/** Gives how many entries the objects have that have more than one. */
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

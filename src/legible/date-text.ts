/** Date text: dates in ISO 8601, to the nanosecond where a date is that fine. */
import { PreciseDate } from '../wire/timestamp.js';
import { ArgumentError } from './argument-error.js';
import { quoted } from './printable.js';

const DAY = String.raw`[+-]?\d{4,6}-\d\d-\d\d`;
const ISO = new RegExp(
  String.raw`^${DAY}(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$`,
);
/** What a `Date` cannot hold. */
const FINER = /(\.\d{3})(\d{1,6})/;

/** With three decimals, or nine if it is finer than a millisecond. */
export function formatDate(date: Date): string {
  const text = date.toISOString();
  if (!(date instanceof PreciseDate)) return text;
  return text.replace('Z', `${String(date.subMillisecondNanoseconds).padStart(6, '0')}Z`);
}

/**
 * The date that a text in ISO 8601 means. Without a zone, a time is that of this machine.
 *
 * @throws ArgumentError for any other text.
 */
export function parseDate(text: string): Date {
  const epochMs = ISO.test(text) ? Date.parse(text.replace(FINER, '$1')) : NaN;
  if (Number.isNaN(epochMs)) throw new ArgumentError(`${quoted(text)} is not a date in ISO 8601`);
  const finer = Number((FINER.exec(text)?.[2] ?? '').padEnd(6, '0'));
  return finer === 0 ? new Date(epochMs) : new PreciseDate(epochMs, finer);
}

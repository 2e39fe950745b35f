/** Format: numbers and times as the page writes them, short and of equal width. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A duration: `0.42 ms`, `12.3 ms`, `340 ms`, `1.25 s`, `3 min 20 s`, `5 h 3 min`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0) return `−${durationText(-ms)}`;
  if (ms < 9.995) return `${ms.toFixed(2)} ms`;
  if (ms < 99.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < MINUTE_MS - 5) return `${(ms / SECOND_MS).toFixed(2)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  if (ms < HOUR_MS) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** An age in whole units: `now`, `12 s`, `3 min`, `2 h`, `4 d`. */
export function ageText(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < SECOND_MS) return 'now';
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 24 * HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / (24 * HOUR_MS))} d`;
}

const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A whole number in groups of three digits: `1,234,567`. */
export function countText(count: number): string {
  return GROUPED.format(count);
}

/** A rate per second: `0`, `0.4`, `12`, `4,980`. */
export function rateText(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond);
}

/** Where clocks are read: here, or in Greenwich. */
export type Zone = 'local' | 'utc';

/** The time of day to the millisecond: `14:03:22.417`, in UTC `14:03:22.417Z`. */
export function clockText(atMs: number, zone: Zone = 'local'): string {
  return dateClockText(atMs, zone).split(' ').at(-1) ?? '–';
}

/** The date and the time of day: `2026-11-30 14:03:22.417`. */
export function dateClockText(atMs: number, zone: Zone = 'local'): string {
  const text = isoText(atMs, zone)?.replace('T', ' ');
  if (text === undefined) return '–';
  return zone === 'utc' ? text : text.slice(0, -1);
}

/** The time of day, after its date if that is not the one of `nowMs`. */
export function clockTextAt(atMs: number, zone: Zone, nowMs: number): string {
  const isSameDay = isoText(atMs, zone)?.slice(0, DATE) === isoText(nowMs, zone)?.slice(0, DATE);
  return isSameDay ? clockText(atMs, zone) : dateClockText(atMs, zone);
}

const DATE = '2026-11-30'.length;
const ISO_LENGTH = '2026-11-30T14:03:22.417Z'.length;

/**
 * As ISO 8601 has it, with the clock of the zone; undefined for what is no time, and for years that
 * have not four digits.
 */
function isoText(atMs: number, zone: Zone): string | undefined {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return undefined;
  const shiftMs = zone === 'utc' ? 0 : date.getTimezoneOffset() * MINUTE_MS;
  const shifted = new Date(atMs - shiftMs);
  if (Number.isNaN(shifted.getTime())) return undefined;
  const text = shifted.toISOString();
  return text.length === ISO_LENGTH ? text : undefined;
}

/** How long ago: `now`, `12 s ago`, `3 min ago`, `in 2 s`. */
export function agoText(ms: number): string {
  if (ms <= -SECOND_MS) return `in ${ageText(-ms)}`;
  const age = ageText(ms);
  return age === 'now' || age === '–' ? age : `${age} ago`;
}

/** `1 frame`, `2 frames`, `1,234 frames`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

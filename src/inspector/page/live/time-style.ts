/** Time style: how the page writes times: by the clock here, in UTC, or as how long ago. */
import { signal } from '@preact/signals';
import { agoText, clockText, clockTextAt, dateClockText } from '../store/format.js';

export type TimeStyle = 'local' | 'utc' | 'relative';

/** In the order of the button, with their names for people. */
export const TIME_STYLES: Readonly<Record<TimeStyle, string>> = {
  local: 'local time',
  utc: 'UTC',
  relative: 'how long ago',
};

const KEY = 'rpcudp-inspector-times';

export const timeStyle = signal<TimeStyle>(remembered());

/** The style after this one. */
export function nextTimeStyle(): TimeStyle {
  const styles = Object.keys(TIME_STYLES) as TimeStyle[];
  return styles[(styles.indexOf(timeStyle.value) + 1) % styles.length] ?? 'local';
}

export function changeTimeStyle(): void {
  timeStyle.value = nextTimeStyle();
  try {
    localStorage.setItem(KEY, timeStyle.value);
  } catch {
    // If the browser stores nothing, the choice is forgotten.
  }
}

/** A time as the user wants it. What draws it is drawn again when the user wants another style. */
export function timeText(atMs: number, nowMs = Date.now()): string {
  const { value: style } = timeStyle;
  return style === 'relative' ? agoText(nowMs - atMs) : clockTextAt(atMs, style, nowMs);
}

/** A time of day by the clock that the user wants, where there is no room for more. */
export function shortTimeText(atMs: number): string {
  return clockText(atMs, timeStyle.value === 'utc' ? 'utc' : 'local');
}

/** A time with its date in both zones, for who looks closer. */
export function fullTimeText(atMs: number): string {
  return `${dateClockText(atMs)} here, ${dateClockText(atMs, 'utc')}`;
}

function remembered(): TimeStyle {
  try {
    const kept = localStorage.getItem(KEY) ?? '';
    return Object.hasOwn(TIME_STYLES, kept) ? (kept as TimeStyle) : 'local';
  } catch {
    return 'local';
  }
}

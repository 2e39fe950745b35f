/**
 * Sequence layout: where the arrows of a sequence picture are drawn. Each sending and each receipt
 * has a row of its own, in the order of time (`sequence-time-layout.ts` is to scale). So microseconds and minutes are equally readable, and
 * an arrow that overtakes another crosses it.
 */
import type { Arrow } from './arrows.js';

export interface PlacedArrow {
  readonly arrow: Arrow;
  /** In pixels from the top. */
  readonly sentY: number;
  readonly receivedY: number;
  /** Whether there is room for its name. */
  readonly isLabelled: boolean;
}

/** A time in the margin. */
export interface TimeMark {
  readonly y: number;
  readonly atMs: number;
  /** The time since the row above, if it is long. */
  readonly gapMs: number | undefined;
}

export interface SequenceLayout {
  readonly arrows: readonly PlacedArrow[];
  readonly marks: readonly TimeMark[];
  readonly height: number;
}

const ROW_HEIGHT = 17;
const GAP_HEIGHT = 20;
/** By how many pixels an arrow goes down if its receipt is not known. */
export const UNKNOWN_SLOPE = 8;
const GAP_MS = 250;
export const PADDING = 14;

/** A sending or a receipt. */
interface ArrowEvent {
  readonly atMs: number;
  /** The index of its arrow. */
  readonly index: number;
  readonly end: 'sent' | 'received';
}

/** The sendings and receipts of the arrows, in the order of time. */
export function eventsOf(arrows: readonly Arrow[]): ArrowEvent[] {
  const events: ArrowEvent[] = [];
  arrows.forEach(({ sent, received, sentAtMs, receivedAtMs }, index) => {
    events.push({ atMs: sentAtMs, index, end: 'sent' });
    if (sent !== undefined && received !== undefined) {
      // Clocks may differ a little. No receipt is drawn above its sending.
      events.push({ atMs: Math.max(sentAtMs, receivedAtMs), index, end: 'received' });
    }
  });
  return events.sort((a, b) => a.atMs - b.atMs || a.index - b.index || (a.end === 'sent' ? -1 : 1));
}

export function layOut(arrows: readonly Arrow[]): SequenceLayout {
  const sentY: number[] = [];
  const receivedY: number[] = [];
  const marks: TimeMark[] = [];
  let y = PADDING;
  let lastAtMs: number | undefined;
  for (const { atMs, index, end } of eventsOf(arrows)) {
    const gapMs = lastAtMs === undefined ? 0 : atMs - lastAtMs;
    if (gapMs >= GAP_MS) y += GAP_HEIGHT;
    (end === 'sent' ? sentY : receivedY)[index] = y;
    marks.push({ y, atMs, gapMs: gapMs >= GAP_MS ? gapMs : undefined });
    lastAtMs = atMs;
    y += ROW_HEIGHT;
  }
  return {
    arrows: arrows.map((arrow, index) => {
      const from = sentY[index] ?? 0;
      return {
        arrow,
        sentY: from,
        receivedY: receivedY[index] ?? from + UNKNOWN_SLOPE,
        isLabelled: true,
      };
    }),
    marks,
    height: y + PADDING,
  };
}

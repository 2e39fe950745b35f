/**
 * Sequence time layout: where the arrows of a sequence picture are drawn if a millisecond always has
 * the same height. A long silence is cut short, and says how long it was.
 */
import type { Arrow } from './arrows.js';
import { eventsOf, PADDING, UNKNOWN_SLOPE } from './sequence-layout.js';
import type { SequenceLayout, TimeMark } from './sequence-layout.js';

/** The heights of a millisecond that can be chosen, in pixels. */
export const SCALES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50] as const;

/** A silence of this height is cut to it. */
const MAX_SILENCE = 120;
/** Times in the margin, and names at the same lane, are at least so far apart. */
const MARK_DISTANCE = 64;
const LABEL_DISTANCE = 13;

/** @param scale the height of a millisecond, in pixels */
export function layOutByTime(arrows: readonly Arrow[], scale: number): SequenceLayout {
  const sentY: number[] = [];
  const receivedY: number[] = [];
  const marks: TimeMark[] = [];
  let y = PADDING;
  let lastAtMs: number | undefined;
  let markedY = -Infinity;
  for (const { atMs, index, end } of eventsOf(arrows)) {
    const sinceMs = lastAtMs === undefined ? 0 : atMs - lastAtMs;
    const isCut = sinceMs * scale > MAX_SILENCE;
    y += isCut ? MAX_SILENCE : sinceMs * scale;
    if (isCut || y - markedY >= MARK_DISTANCE) {
      marks.push({ y, atMs, gapMs: isCut ? sinceMs : undefined });
      markedY = y;
    }
    (end === 'sent' ? sentY : receivedY)[index] = y;
    lastAtMs = atMs;
  }
  const labelled = new Map<string, number>();
  return {
    arrows: arrows.map((arrow, index) => {
      const from = sentY[index] ?? 0;
      const isLabelled = from - (labelled.get(arrow.from) ?? -Infinity) >= LABEL_DISTANCE;
      if (isLabelled) labelled.set(arrow.from, from);
      return {
        arrow,
        sentY: from,
        receivedY: receivedY[index] ?? from + UNKNOWN_SLOPE,
        isLabelled,
      };
    }),
    marks,
    height: y + 2 * PADDING,
  };
}

/** The largest scale at which the picture is not higher than this; else the smallest. */
export function fittingScale(arrows: readonly Arrow[], maxHeight: number): number {
  const fits = (scale: number) => layOutByTime(arrows, scale).height <= maxHeight;
  return SCALES.findLast(fits) ?? SCALES[0];
}

/** The next larger or smaller scale; undefined if there is none. */
export function nextScale(scale: number, by: 1 | -1): number | undefined {
  return SCALES[SCALES.findIndex((one) => one === scale) + by];
}

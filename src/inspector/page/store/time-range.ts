/** Time range: a part of the time, such as one that was brushed on a plot. */

/** Both ends belong to it. */
export interface TimeRange {
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether a time is in the range; each time is in no range. */
export function isIn(timeRange: TimeRange | undefined, atMs: number): boolean {
  return timeRange === undefined || (atMs >= timeRange.fromMs && atMs <= timeRange.toMs);
}

/**
 * Count history: the counts of an endpoint, the latest in full, and how its calls had ended by then
 * for as long as it is known.
 */
import type { RecordOf } from '../../record.js';
import { Recent } from './recent.js';

/** How the calls of an endpoint had ended at a moment. */
export interface CountPoint {
  readonly atMs: number;
  readonly outcomes: RecordOf<'counts'>['stats']['outcomes'];
}

/** When there would be more, every second one is left out: the counts are sums, so none is lost. */
const MAX_POINTS = 600;
const FIRST_GAP_MS = 450;

export class CountHistory extends Recent<RecordOf<'counts'>> {
  #points: CountPoint[] = [];
  #gapMs = FIRST_GAP_MS;

  override add(record: RecordOf<'counts'>): void {
    super.add(record);
    const { atMs, stats } = record;
    const before = this.#points.at(-2);
    // The last point is always the latest, however short the time since the one before.
    if (before !== undefined && atMs - before.atMs < this.#gapMs) this.#points.pop();
    this.#points.push({ atMs, outcomes: stats.outcomes });
    if (this.#points.length <= MAX_POINTS) return;
    this.#gapMs *= 2;
    const last = this.#points.length - 1;
    this.#points = this.#points.filter((_, index) => index % 2 === last % 2 || index === 0);
  }

  /** From the first counts to the latest, the oldest first. */
  get points(): readonly CountPoint[] {
    return this.#points;
  }
}

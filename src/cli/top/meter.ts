/** A meter: how fast something that is counted grows, from readings taken now and then. */

/** Rates are over this long: short enough to follow, long enough to be read. */
const WINDOW_MS = 2_000;
/** An endpoint that has changed tells its counts this often, or more often; silence for longer means that they stand still. */
const STEADY_MS = 600;
/** A rate over less than this says nothing. */
const MIN_SPAN_MS = 200;

interface Reading<Counts> {
  readonly atMs: number;
  readonly counts: Counts;
}

export class Meter<Counts> {
  /** In the order of time: those of the window, and the last one before it. */
  #readings: Reading<Counts>[] = [];

  /** Takes a reading, which is newer than the last one. */
  read(atMs: number, counts: Counts): void {
    this.#readings.push({ atMs, counts });
    const first = this.#readings.findLastIndex((reading) => reading.atMs <= atMs - WINDOW_MS);
    if (first > 0) this.#readings.splice(0, first);
  }

  /** The newest reading. */
  get latest(): Counts | undefined {
    return this.#readings.at(-1)?.counts;
  }

  /** How much `countOf` grows in a second, about now; undefined as long as that cannot be told. */
  perSecond(nowMs: number, countOf: (counts: Counts) => number): number | undefined {
    const latest = this.#readings.at(-1);
    if (latest === undefined) return undefined;
    const beganMs = nowMs - WINDOW_MS;
    const base = this.#readings.findLast(({ atMs }) => atMs <= beganMs) ?? this.#readings[0];
    if (base === undefined) return undefined;
    // Between two readings that are further apart than usual, nothing changed until the second.
    const fromMs = Math.max(base.atMs, beganMs - STEADY_MS);
    const toMs = nowMs - latest.atMs <= STEADY_MS ? latest.atMs : nowMs;
    if (toMs - fromMs < MIN_SPAN_MS) return undefined;
    const grown = countOf(latest.counts) - countOf(base.counts);
    return Math.max(0, (grown * 1_000) / (toMs - fromMs));
  }
}

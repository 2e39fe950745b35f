/** Meter: how fast a count grows, from readings at irregular times. */

/** The time over which a rate is measured: short enough to be current, long enough to be steady. */
const WINDOW_MS = 2_000;
/**
 * An endpoint whose counts change sends them at least this often. In a longer silence, they do not
 * change.
 */
const STEADY_MS = 600;
/** A rate over a shorter time means nothing. */
const MIN_SPAN_MS = 200;

interface Reading<Counts> {
  readonly atMs: number;
  readonly counts: Counts;
}

export class Meter<Counts> {
  /** In order of time: the readings in the window, and the last reading before it. */
  #readings: Reading<Counts>[] = [];

  /** Takes a reading. It must be newer than the last one. */
  read(atMs: number, counts: Counts): void {
    this.#readings.push({ atMs, counts });
    const first = this.#readings.findLastIndex((reading) => reading.atMs <= atMs - WINDOW_MS);
    if (first > 0) this.#readings.splice(0, first);
  }

  /** The newest reading. */
  get latest(): Counts | undefined {
    return this.#readings.at(-1)?.counts;
  }

  /** The current growth of `countOf` in a second; undefined as long as it is not known. */
  perSecond(nowMs: number, countOf: (counts: Counts) => number): number | undefined {
    const latest = this.#readings.at(-1);
    if (latest === undefined) return undefined;
    const beganMs = nowMs - WINDOW_MS;
    const base = this.#readings.findLast(({ atMs }) => atMs <= beganMs) ?? this.#readings[0];
    if (base === undefined) return undefined;
    // If two readings are further apart than usual, nothing changed until shortly before the
    // second.
    const fromMs = Math.max(base.atMs, beganMs - STEADY_MS);
    const toMs = nowMs - latest.atMs <= STEADY_MS ? latest.atMs : nowMs;
    if (toMs - fromMs < MIN_SPAN_MS) return undefined;
    const grown = countOf(latest.counts) - countOf(base.counts);
    return Math.max(0, (grown * 1_000) / (toMs - fromMs));
  }
}

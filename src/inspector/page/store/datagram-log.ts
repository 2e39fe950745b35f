/**
 * Datagram log: every frame that the store keeps, in the order in which they came to the page. These
 * are the latest ones, those of kept transactions, and the latest of those that belong to none, such
 * as malformed ones: a storm of calls does not push them out.
 */
import { Recent } from './recent.js';
import type { StoreLimits } from './store-limits.js';
import type { Frame } from './transaction.js';

/** Frames that are no longer kept are let go of when they are this share of all, plus a few. */
const MAX_SPENT_SHARE = 0.25;
const MAX_SPENT = 1_024;

type LogLimits = Pick<StoreLimits, 'recentFrames' | 'strayFrames'>;

export class DatagramLog {
  readonly #recentFrames: number;
  readonly #strays: Recent<Frame>;
  #frames: Frame[] = [];
  #roomUntil = MAX_SPENT;
  #cleanings = 0;

  constructor({ recentFrames, strayFrames }: LogLimits) {
    this.#recentFrames = recentFrames;
    this.#strays = new Recent(strayFrames);
  }

  /** How often frames that are no longer kept were let go of. */
  get cleanings(): number {
    return this.#cleanings;
  }

  /** @param frame the numbers of frames increase */
  add(frame: Frame): void {
    this.#frames.push(frame);
    if (frame.transaction === undefined) this.#strays.add(frame);
    if (this.#frames.length > this.#roomUntil) this.#clean();
  }

  /** The latest frames, the oldest first. */
  latest(count = this.#recentFrames): Frame[] {
    return this.#frames.slice(-Math.min(count, this.#recentFrames));
  }

  /** The frames that came after the one with this number. */
  after(number: number): Frame[] {
    return this.#frames.slice(this.#indexOf(number + 1));
  }

  kept(): Frame[] {
    const newest = this.#frames.at(-1)?.number ?? 0;
    const oldestStray = this.#strays.items()[0]?.number ?? 0;
    return this.#frames.filter(({ number, transaction, place }) => {
      if (number > newest - this.#recentFrames) return true;
      if (transaction === undefined) return number >= oldestStray;
      return place !== undefined && !transaction.gone;
    });
  }

  has(frame: Frame): boolean {
    return this.#frames[this.#indexOf(frame.number)] === frame;
  }

  #clean(): void {
    this.#frames = this.kept();
    this.#roomUntil = this.#frames.length * (1 + MAX_SPENT_SHARE) + MAX_SPENT;
    this.#cleanings += 1;
  }

  /** The index of the first frame whose number is at least this one. */
  #indexOf(number: number): number {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#frames[middle]?.number ?? Infinity) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

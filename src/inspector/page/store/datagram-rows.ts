/** Datagram rows: the listed frames, by time, kept up to date without building the list again. */
import type { DatagramLog } from './datagram-log.js';
import type { Frame } from './transaction.js';

export class DatagramRows {
  #test: (frame: Frame) => boolean = () => true;
  #rows: Frame[] = [];
  #log: DatagramLog | undefined;
  #cleanings = 0;
  #newest = -1;

  get length(): number {
    return this.#rows.length;
  }

  /** The frame at an index, counted from the newest; undefined beyond the last. */
  fromNewest(index: number): Frame | undefined {
    return this.#rows[this.#rows.length - 1 - index];
  }

  /** The index of a frame, counted from the newest; -1 if it is not listed. */
  placeOf(frame: Frame): number {
    const index = this.#firstNotBefore(frame);
    return this.#rows[index] === frame ? this.#rows.length - 1 - index : -1;
  }

  /** How many listed frames are later than this one. */
  laterThan(frame: Frame): number {
    const index = this.#firstNotBefore(frame);
    return this.#rows.length - index - (this.#rows[index] === frame ? 1 : 0);
  }

  /** Builds the list again from everything there is. */
  select(test: (frame: Frame) => boolean, log: DatagramLog): void {
    this.#test = test;
    this.#log = log;
    this.#takeAll(log);
  }

  /** Adds what came since, and removes what was let go of. */
  update(): void {
    const log = this.#log;
    if (log === undefined) return;
    if (log.cleanings !== this.#cleanings) this.#takeAll(log);
    else this.#merge(this.#listed(log.after(this.#newest)));
  }

  #takeAll(log: DatagramLog): void {
    this.#cleanings = log.cleanings;
    this.#rows = this.#listed(log.kept()).sort(byTime);
  }

  #listed(frames: readonly Frame[]): Frame[] {
    this.#newest = frames.at(-1)?.number ?? this.#newest;
    return frames.filter(this.#test);
  }

  #merge(added: Frame[]): void {
    const [first] = added.sort(byTime);
    if (first === undefined) return;
    // Most additions go to the end; then no other row has to move.
    const tail = this.#rows.splice(this.#firstNotBefore(first));
    const merged = tail.length === 0 ? added : [...tail, ...added].sort(byTime);
    for (const frame of merged) this.#rows.push(frame);
  }

  #firstNotBefore(frame: Frame): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byTime(this.#rows[middle] ?? frame, frame) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function byTime(a: Frame, b: Frame): number {
  return a.atMs - b.atMs || a.number - b.number;
}

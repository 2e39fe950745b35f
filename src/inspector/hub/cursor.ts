/** Cursor: how far a reader has read a history, and what to send to that reader next. */
import type { History } from './history.js';
import type { KeptRecord } from './kept-record.js';

/** Some records of a history, as JSON text. */
export interface Batch {
  /**
   * Whether a retelling begins: until the reader has caught up, it is told of everything that
   * lives, even if it was told before. What it is not told of has ended.
   */
  readonly reset: boolean;
  /** Whether the reader has caught up: with this batch it has been told everything. */
  readonly caughtUp: boolean;
  /** Where to go on from: the parameter `position` of a new `Cursor`. */
  readonly position: number;
  readonly texts: readonly string[];
}

export class Cursor {
  readonly #history: History;
  #position: number;
  /** Whether the next batch is the first from the beginning. */
  #begins: boolean;
  /** Whether the reader was told whether it has caught up. */
  #greeted = false;
  /** Whether records have made room before they were read: the end of a call may be among them. */
  #missed = false;
  /** How many had made room when that was looked at. */
  #drops: number;
  /** What is told again, because something was missed. */
  #again: KeptRecord[] = [];

  /**
   * @param position the position of the last batch that was read. Without it, or if the history
   * never had it, the cursor starts from the beginning.
   */
  constructor(history: History, position?: number) {
    this.#history = history;
    const isKnown = position !== undefined && position <= history.position;
    this.#position = isKnown ? position : 0;
    this.#begins = !isKnown;
    this.#missed = isKnown && history.lastDropped > position;
    this.#drops = history.drops;
  }

  /**
   * The next batch, of about `maxChars` characters at most; undefined if everything was read. The
   * first batch may be empty.
   */
  next(maxChars: number): Batch | undefined {
    this.#lookForMissed();
    const news = this.#again.length > 0 ? [] : this.#history.since(this.#position, maxChars);
    const retells = news.length === 0 && this.#missed;
    if (retells) this.#again = this.#history.needed();
    if (retells) this.#missed = false;
    const records = news.length > 0 ? news : this.#takeAgain(maxChars);
    if (records.length === 0 && !retells && this.#greeted) return undefined;
    const reset = this.#begins || retells;
    this.#begins = false;
    this.#greeted = true;
    this.#position = news.at(-1)?.position ?? this.#position;
    return {
      reset,
      caughtUp: this.#hasAll,
      // A reader that breaks off while it is told again must be told all of it.
      position: this.#again.length > 0 ? 0 : this.#position,
      texts: records.map(({ text }) => text),
    };
  }

  get #hasAll(): boolean {
    if (this.#missed || this.#again.length > 0) return false;
    return this.#history.since(this.#position, 0).length === 0;
  }

  #lookForMissed(): void {
    const { drops, lastDropped } = this.#history;
    if (drops !== this.#drops && lastDropped > this.#position) this.#missed = true;
    this.#drops = drops;
  }

  #takeAgain(maxChars: number): KeptRecord[] {
    let chars = 0;
    const end = this.#again.findIndex(({ text }) => (chars += text.length) > maxChars);
    const count = end === -1 ? this.#again.length : Math.max(end, 1);
    return this.#again.splice(0, count).filter(({ text }) => text !== '');
  }
}

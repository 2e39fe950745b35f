/** Cursor: how far a reader has read a history, and what to send to that reader next. */
import type { History } from './history.js';
import type { KeptRecord } from './living.js';

/** Some records of a history, as JSON text. */
export interface Batch {
  /** Whether the batch starts from the beginning: the reader must forget what came before. */
  readonly reset: boolean;
  /** Where to go on from: the parameter `position` of a new `Cursor`. */
  readonly position: number;
  readonly texts: readonly string[];
}

export class Cursor {
  readonly #history: History;
  #position: number | undefined;
  /**
   * Remembered records that the ring has dropped and that are still to be sent. All are older than
   * `#position`.
   */
  #before: KeptRecord[] = [];
  #skipped = 0;

  /**
   * @param position the position of the last batch that was read. Without it, or if the ring does
   * not reach back so far, the cursor starts from the beginning.
   */
  constructor(history: History, position?: number) {
    this.#history = history;
    this.#position = position;
  }

  /** How many records left the history before this cursor read them. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The next batch, of about `maxChars` characters at most; undefined if everything was read. */
  next(maxChars: number): Batch | undefined {
    const reset = this.#position === undefined || !this.#history.reaches(this.#position);
    if (reset) this.#restart();
    const records = this.#take(maxChars);
    if (records.length === 0 && !reset) return undefined;
    const position = records.at(-1)?.position ?? this.#history.position;
    return { reset, position, texts: records.map(({ text }) => text) };
  }

  #restart(): void {
    const start = this.#history.tailStart;
    this.#before = this.#history.beforeTail();
    const missed = this.#position;
    if (missed !== undefined && missed < start) {
      const kept = this.#before.filter(({ position }) => position > missed).length;
      this.#skipped += start - missed - kept;
    }
    this.#position = start;
  }

  #take(maxChars: number): KeptRecord[] {
    if (this.#before.length > 0) {
      let chars = 0;
      const end = this.#before.findIndex(({ text }) => (chars += text.length) > maxChars);
      return this.#before.splice(0, end === -1 ? this.#before.length : Math.max(end, 1));
    }
    const records = this.#history.since(this.#position ?? 0, maxChars);
    this.#position = records.at(-1)?.position ?? this.#position;
    return records;
  }
}

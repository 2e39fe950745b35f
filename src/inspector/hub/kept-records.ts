/** Kept records: what a history keeps, in the order in which it came. */
import type { KeptRecord } from './kept-record.js';

/** Fewer gaps than this are not worth closing. */
const MIN_GAPS = 1_024;

/** Its owner bounds it, by `drop`. */
export class KeptRecords {
  /** In the order of their positions. Those that are gone stay until there are many of them. */
  #records: KeptRecord[] = [];
  #gone = 0;

  get size(): number {
    return this.#records.length - this.#gone;
  }

  push(kept: KeptRecord): void {
    this.#records.push(kept);
  }

  /** Removes a record, wherever it is. */
  drop(kept: KeptRecord): void {
    kept.text = '';
    this.#gone += 1;
    if (this.#gone < MIN_GAPS || this.#gone * 2 < this.#records.length) return;
    this.#records = this.#records.filter(isThere);
    this.#gone = 0;
  }

  /** Those after this position: at most `maxChars` characters, but at least one record. */
  since(position: number, maxChars = Infinity): KeptRecord[] {
    const found: KeptRecord[] = [];
    let chars = 0;
    for (let at = this.#firstAfter(position); at < this.#records.length; at += 1) {
      const kept = this.#records[at] as KeptRecord;
      if (!isThere(kept)) continue;
      chars += kept.text.length;
      if (chars > maxChars && found.length > 0) break;
      found.push(kept);
    }
    return found;
  }

  /** Those that something needs. */
  needed(): KeptRecord[] {
    return this.#records.filter((kept) => kept.needs > 0 && isThere(kept));
  }

  /** The index of the first record after this position. */
  #firstAfter(position: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle] as KeptRecord).position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isThere({ text }: KeptRecord): boolean {
  return text !== '';
}

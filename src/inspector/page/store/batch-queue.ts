/** Messages of the hub that wait to be applied. Bounded: who falls too far behind begins again where they are. */
import type { InspectionRecord } from '../../record.js';
import { Fifo } from '../../fifo.js';

/** A message of the hub's. */
export interface Batch {
  readonly hub: string;
  readonly position: number;
  /** Whether all that was known before is void. */
  readonly reset: boolean;
  readonly records: readonly InspectionRecord[];
}

/** Characters that may wait: as text, for what is parsed takes more. */
const MAX_QUEUED_LENGTH = 48_000_000;

export class BatchQueue {
  readonly #maxLength: number;
  #texts = new Fifo<string>();
  #length = 0;

  constructor(maxLength = MAX_QUEUED_LENGTH) {
    this.#maxLength = maxLength;
  }

  get size(): number {
    return this.#texts.size;
  }

  /** Adds a message; false if there is no place for it, and then nothing is added. */
  add(text: string): boolean {
    if (this.#length + text.length > this.#maxLength && this.#texts.size > 0) return false;
    this.#texts.push(text);
    this.#length += text.length;
    return true;
  }

  /** The next message, read; undefined if none waits, or it is not one of a hub's. */
  take(): Batch | undefined {
    const text = this.#texts.shift();
    if (text === undefined) return undefined;
    this.#length -= text.length;
    return readBatch(text);
  }

  clear(): void {
    this.#texts = new Fifo();
    this.#length = 0;
  }
}

/** The hub has validated the records; the page trusts the server that it came from. */
function readBatch(text: string): Batch | undefined {
  try {
    const { hub, position, reset, records } = JSON.parse(text) as Partial<Batch>;
    if (typeof hub !== 'string' || typeof position !== 'number') return undefined;
    if (!Array.isArray(records)) return undefined;
    return { hub, position, reset: reset === true, records: records as InspectionRecord[] };
  } catch {
    return undefined;
  }
}

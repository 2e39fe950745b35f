/**
 * Queue of the hub's messages that wait to be applied. It is bounded: if the page falls too far
 * behind, it continues from what the hub then remembers.
 */
import type { InspectionRecord } from '../../record.js';
import { Fifo } from '../../fifo.js';

/** A message of the hub. */
export interface Batch {
  readonly hub: string;
  readonly position: number;
  /** Whether, from here on until `caughtUp`, everything that lives is told again. */
  readonly reset: boolean;
  /** Whether this is everything that the hub knew when it was sent. */
  readonly caughtUp: boolean;
  /** How many calls and requests the hub does not have any more. */
  readonly callsDropped: number;
  readonly records: readonly InspectionRecord[];
}

/**
 * The most characters that may wait. Messages wait as text, because parsed they would take more
 * memory.
 */
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

  /** Adds a message. Returns false, and adds nothing, if the queue is full. */
  add(text: string): boolean {
    if (this.#length + text.length > this.#maxLength && this.#texts.size > 0) return false;
    this.#texts.push(text);
    this.#length += text.length;
    return true;
  }

  /** The next message, parsed; undefined if there is none, or if it is not a valid message. */
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

/** The records are not checked: the hub has checked them, and the page trusts its server. */
function readBatch(text: string): Batch | undefined {
  try {
    const { hub, position, reset, caughtUp, callsDropped, records } = JSON.parse(
      text,
    ) as Partial<Batch>;
    if (typeof hub !== 'string' || typeof position !== 'number') return undefined;
    if (!Array.isArray(records)) return undefined;
    return {
      hub,
      position,
      reset: reset === true,
      caughtUp: caughtUp === true,
      callsDropped: callsDropped ?? 0,
      records: records as InspectionRecord[],
    };
  } catch {
    return undefined;
  }
}

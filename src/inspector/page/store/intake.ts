/**
 * What the hub sends, on its way into a store: piece by piece, so that the page can be drawn in between, and so that it can
 * stop between two batches.
 */
import type { InspectionRecord } from '../../record.js';
import { BatchQueue } from './batch-queue.js';
import type { Batch } from './batch-queue.js';

/** Where to go on: the last message of the hub that was begun. */
export interface Position {
  readonly hub: string;
  readonly position: number;
}

/** Where the records go. */
export interface IntakeTarget {
  /** All that came before is void. */
  reset(): void;
  apply(record: InspectionRecord): void;
}

export class Intake {
  readonly #target: IntakeTarget;
  readonly #queue = new BatchQueue();
  /** The batch that was begun. */
  #batch: Batch | undefined;
  /** How many of its records were applied. */
  #applied = 0;
  #position: Position | undefined;
  #held = false;

  constructor(target: IntakeTarget) {
    this.#target = target;
  }

  /** Undefined: from the beginning. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Batches that were not begun. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether there is anything to apply. */
  get hasMore(): boolean {
    return this.#batch !== undefined || (this.#queue.size > 0 && !this.#held);
  }

  /** Adds a message of the hub's; false if there is no place for it, and then nothing is added. */
  add(text: string): boolean {
    return this.#queue.add(text);
  }

  /** Applies records of one batch, at most so many; false if there is none. */
  apply(count: number): boolean {
    this.#batch ??= this.#next();
    if (this.#batch === undefined) return false;
    const { records } = this.#batch;
    const end = Math.min(records.length, this.#applied + count);
    for (const record of records.slice(this.#applied, end)) this.#target.apply(record);
    this.#applied = end;
    if (end === records.length) this.#endBatch();
    return true;
  }

  /** Applies what is left of the batch that was begun. */
  finishBatch(): void {
    if (this.#batch !== undefined) this.apply(Infinity);
  }

  /** Begins no batch until it is released: whoever has told the hub where to go on would get it twice. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
  }

  /** Forgets the batches that were not begun: the hub sends them again. */
  forgetWaiting(): void {
    this.#queue.clear();
  }

  /** Forgets everything, where it was as well. */
  startAnew(): void {
    this.#queue.clear();
    this.#endBatch();
    this.#position = undefined;
  }

  #next(): Batch | undefined {
    while (this.#queue.size > 0 && !this.#held) {
      const batch = this.#queue.take();
      if (batch === undefined) continue;
      if (batch.reset) this.#target.reset();
      this.#position = { hub: batch.hub, position: batch.position };
      return batch;
    }
    return undefined;
  }

  #endBatch(): void {
    this.#batch = undefined;
    this.#applied = 0;
  }
}

/**
 * Intake: brings the hub's messages into a store. It works in pieces, so that the page can be drawn
 * in between and can stop between two batches.
 */
import type { InspectionRecord } from '../../record.js';
import { BatchQueue } from './batch-queue.js';
import type { Batch } from './batch-queue.js';

/** Where to continue: the last message of the hub that was begun. */
export interface Position {
  readonly hub: string;
  readonly position: number;
}

/** Where the records go. */
export interface IntakeTarget {
  /**
   * From here on until `heard`, everything that lives is told, whether it was told before or not.
   *
   * @param missing how many calls and requests the hub does not have any more
   */
  retold(missing: number): void;
  apply(record: InspectionRecord): void;
  /** Everything that the hub knew has been applied. */
  heard(): void;
}

/** So many batches may wait without the page being behind: those of about a second. */
const MAX_WAITING = 20;

export class Intake {
  readonly #target: IntakeTarget;
  readonly #queue = new BatchQueue();
  /** The batch that is being applied. */
  #batch: Batch | undefined;
  /** How many records of `#batch` have been applied. */
  #applied = 0;
  #position: Position | undefined;
  #held = false;
  #caughtUp = false;

  constructor(target: IntakeTarget) {
    this.#target = target;
  }

  /** Undefined: from the beginning. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether what was applied is what the hub knows, but for the last moment. */
  get caughtUp(): boolean {
    return this.#caughtUp && this.#queue.size <= MAX_WAITING;
  }

  /** How many batches have not been begun. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether there is anything to apply. */
  get hasMore(): boolean {
    return this.#batch !== undefined || (this.#queue.size > 0 && !this.#held);
  }

  /** Adds a message of the hub. Returns false, and adds nothing, if the queue is full. */
  add(text: string): boolean {
    return this.#queue.add(text);
  }

  /** Applies at most `count` records of one batch. Returns false if there is no batch. */
  apply(count: number): boolean {
    const batch = (this.#batch ??= this.#next());
    if (batch === undefined) return false;
    const { records } = batch;
    const end = Math.min(records.length, this.#applied + count);
    for (const record of records.slice(this.#applied, end)) this.#target.apply(record);
    this.#applied = end;
    if (end === records.length) this.#endBatch(batch);
    return true;
  }

  /** Applies the rest of the batch that was begun. */
  finishBatch(): void {
    if (this.#batch !== undefined) this.apply(Infinity);
  }

  /**
   * Begins no batch until `release`. The hub has just been told where to continue, so it would send
   * such a batch again.
   */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
  }

  /**
   * A new connection has opened. Forgets the batches that were not begun: the hub sends them again,
   * and it says when that was all.
   */
  reopened(): void {
    this.#queue.clear();
    this.#caughtUp = false;
  }

  /** Forgets everything, the position included. */
  startAnew(): void {
    this.reopened();
    this.#batch = undefined;
    this.#applied = 0;
    this.#position = undefined;
  }

  #next(): Batch | undefined {
    while (this.#queue.size > 0 && !this.#held) {
      const batch = this.#queue.take();
      if (batch === undefined) continue;
      if (batch.reset) this.#target.retold(batch.callsDropped);
      this.#position = { hub: batch.hub, position: batch.position };
      return batch;
    }
    return undefined;
  }

  #endBatch({ caughtUp }: Batch): void {
    this.#batch = undefined;
    this.#applied = 0;
    this.#caughtUp = caughtUp;
    if (caughtUp) this.#target.heard();
  }
}

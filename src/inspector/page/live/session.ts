/**
 * What the page shows, and from where: the hub, live, or a recording. Records are applied in slices of time, and whoever
 * draws is told, ten times a second at most: more often nobody can read.
 */
import { signal } from '@preact/signals';
import type { InspectionRecord } from '../../record.js';
import { BatchQueue } from '../store/batch-queue.js';
import type { Batch } from '../store/batch-queue.js';
import type { Filter } from '../store/filter.js';
import { InspectionStore } from '../store/inspection-store.js';
import { RecordingReader, recordLines, recordsOf } from '../store/recording.js';
import { Rows } from '../store/rows.js';
import type { Side } from '../store/transaction.js';
import { Connection } from './connection.js';
import type { ConnectionState, Position } from './connection.js';

/** Where the records come from. */
export type Source =
  | { readonly kind: 'live' }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly refused: number;
      readonly progress: number;
    };

/** Of the 16 ms of a frame, what records may take. */
const SLICE_MS = 5;
/** The clock is looked at once in so many records. */
const RECORDS_A_LOOK = 32;
const MIN_RENDER_INTERVAL_MS = 100;
/** Ages go on while nothing happens. */
const CLOCK_INTERVAL_MS = 1_000;
/** A step through a recording takes so many lines. */
const LINES_A_STEP = 25;
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const RECORDS_A_PART = 2_000;

export class Session {
  store = new InspectionStore();
  readonly rows = new Rows();
  /** Grows whenever there is something new to draw. */
  readonly tick = signal(0);
  readonly connection = signal<ConnectionState>('connecting');
  readonly paused = signal(false);
  /** Batches that wait while it is paused. */
  readonly waiting = signal(0);
  readonly source = signal<Source>({ kind: 'live' });
  /** What went wrong with a file, for the user. */
  readonly problem = signal<string | undefined>(undefined);

  readonly #queue = new BatchQueue();
  readonly #connection: Connection;
  #position: Position | undefined;
  #batch: Batch | undefined;
  #applied = 0;
  #reader: RecordingReader | undefined;
  /** The queue was full: the connection is closed until it is empty. */
  #heldBack = false;
  #dirty = false;
  #scheduled = false;
  #renderedAtMs = 0;
  #pausedAtMs = 0;

  constructor(page: URL) {
    this.#connection = new Connection(page, {
      position: () => this.#position,
      opened: () => {
        this.#queue.clear();
        this.waiting.value = 0;
      },
      received: (text) => this.#receive(text),
      changed: (state) => (this.connection.value = state),
    });
  }

  start(): void {
    this.#connection.open();
    setInterval(() => {
      if (this.source.value.kind === 'live' && !this.paused.value) this.#markDirty();
    }, CLOCK_INTERVAL_MS);
    document.addEventListener('visibilitychange', () => {
      this.#scheduled = false;
      this.#schedule();
    });
  }

  /** Called while a component is drawn: it will be drawn again whenever there is something new. */
  follow(): number {
    return this.tick.value;
  }

  /** Now, by the clock of the records; it stands still while paused. */
  nowMs(): number {
    if (this.source.value.kind === 'file') return this.store.lastAtMs ?? 0;
    return this.paused.value ? this.#pausedAtMs : Date.now();
  }

  select(filter: Filter): void {
    this.store.takeChanged();
    this.rows.select(filter, this.#sides());
    this.tick.value += 1;
  }

  togglePause(): void {
    this.#pausedAtMs = Date.now();
    this.paused.value = !this.paused.value;
    this.#schedule();
  }

  /** Applies the next batch, while paused. */
  step(): void {
    if (!this.paused.value) return;
    if (this.#reader !== undefined) this.#readLines(LINES_A_STEP);
    else {
      this.#batch ??= this.#nextBatch();
      if (this.#batch !== undefined) this.#applyBatch(this.#batch, Infinity);
      this.waiting.value = this.#queue.size;
      this.#goOnIfHeldBack();
    }
    this.#pausedAtMs = Math.max(this.#pausedAtMs, this.store.lastAtMs ?? 0);
    this.#markDirty();
  }

  /** Forgets calls, handlers and frames; endpoints that are open stay. */
  clear(): void {
    const open = [...this.store.endpoints.values()].filter(({ closed }) => closed === undefined);
    this.#startAnew();
    for (const { record, counts } of open) {
      this.store.apply(record);
      const last = counts.last();
      if (last !== undefined) this.store.apply(last);
    }
    this.#markDirty();
  }

  /** Shows a recording in place of what is live. */
  async openFile(file: File): Promise<void> {
    if (file.size > MAX_FILE_BYTES) {
      this.problem.value = `${file.name} has ${file.size} bytes; a recording has at most ${MAX_FILE_BYTES}.`;
      return;
    }
    const text = await file.text();
    this.#connection.close();
    this.#queue.clear();
    this.#batch = undefined;
    this.#applied = 0;
    this.#heldBack = false;
    this.#startAnew();
    this.problem.value = undefined;
    this.paused.value = false;
    this.#reader = new RecordingReader(text);
    this.source.value = { kind: 'file', name: file.name, refused: 0, progress: 0 };
    this.#markDirty();
  }

  /** Leaves the recording: the hub sends what it remembers. */
  backToLive(): void {
    this.#reader = undefined;
    this.#position = undefined;
    this.#startAnew();
    this.paused.value = false;
    this.problem.value = undefined;
    this.source.value = { kind: 'live' };
    this.#connection.open();
    this.#markDirty();
  }

  /** The recording as a file, made in parts so that the page goes on. */
  async exportRecording(): Promise<Blob> {
    const records = recordsOf(this.store);
    const parts: string[] = [];
    for (let at = 0; at < records.length; at += RECORDS_A_PART) {
      parts.push(recordLines(records.slice(at, at + RECORDS_A_PART)));
      await new Promise((resolve) => setTimeout(resolve));
    }
    return new Blob(parts, { type: 'application/x-ndjson' });
  }

  #receive(text: string): void {
    if (this.#queue.add(text)) {
      if (this.paused.value) this.waiting.value = this.#queue.size;
      this.#schedule();
      return;
    }
    // What is not taken now comes again, or a summary of it, from where this page is by then.
    this.#heldBack = true;
    this.#connection.close();
  }

  #goOnIfHeldBack(): void {
    if (!this.#heldBack || this.#queue.size > 0) return;
    this.#heldBack = false;
    this.#connection.open();
  }

  #schedule(): void {
    if (this.#scheduled || !this.#hasWork()) return;
    this.#scheduled = true;
    const run = () => {
      this.#scheduled = false;
      this.#run();
      this.#schedule();
    };
    // A page that nobody sees has no animation frames.
    if (document.hidden) setTimeout(run, MIN_RENDER_INTERVAL_MS);
    else requestAnimationFrame(run);
  }

  #hasWork(): boolean {
    if (this.#dirty) return true;
    if (this.paused.value) return false;
    return this.#batch !== undefined || this.#queue.size > 0 || this.#reader !== undefined;
  }

  #run(): void {
    const nowMs = performance.now();
    const draws = nowMs - this.#renderedAtMs >= MIN_RENDER_INTERVAL_MS;
    // A frame in which all is drawn has less time for records.
    if (!this.paused.value) this.#applySlice(draws ? SLICE_MS / 2 : SLICE_MS);
    if (!draws || !this.#dirty) return;
    this.#renderedAtMs = nowMs;
    this.#dirty = false;
    this.rows.update(this.store.takeChanged());
    this.tick.value += 1;
  }

  #applySlice(sliceMs: number): void {
    const endMs = performance.now() + sliceMs;
    if (this.#reader !== undefined) {
      let more = true;
      while (more && performance.now() < endMs) more = this.#readLines(RECORDS_A_LOOK);
      this.#dirty = true;
      return;
    }
    while (performance.now() < endMs) {
      this.#batch ??= this.#nextBatch();
      if (this.#batch === undefined) break;
      this.#dirty = true;
      this.#applyBatch(this.#batch, RECORDS_A_LOOK);
    }
    this.#goOnIfHeldBack();
  }

  #nextBatch(): Batch | undefined {
    while (this.#queue.size > 0) {
      const batch = this.#queue.take();
      if (batch === undefined) continue;
      if (batch.reset) this.#startAnew();
      this.#position = { hub: batch.hub, position: batch.position };
      return batch;
    }
    return undefined;
  }

  #applyBatch({ records }: Batch, count: number): void {
    const end = Math.min(records.length, this.#applied + count);
    for (let at = this.#applied; at < end; at += 1) {
      this.store.apply(records[at] as InspectionRecord);
    }
    this.#applied = end;
    if (end < records.length) return;
    this.#batch = undefined;
    this.#applied = 0;
  }

  /** Whether there are more. */
  #readLines(count: number): boolean {
    const reader = this.#reader;
    const { value: source } = this.source;
    if (reader === undefined || source.kind !== 'file') return false;
    for (let n = 0; n < count && !reader.done; n += 1) {
      const record = reader.next();
      if (record !== undefined) this.store.apply(record);
    }
    const { refused, progress, done } = reader;
    this.source.value = { ...source, refused, progress };
    if (!done) return true;
    this.#reader = undefined;
    if (this.store.lastAtMs === undefined) {
      this.problem.value = `${source.name} holds no records of an inspector.`;
    }
    return false;
  }

  #startAnew(): void {
    this.store = new InspectionStore();
    this.rows.select(this.rows.filter, []);
  }

  #markDirty(): void {
    this.#dirty = true;
    this.#schedule();
  }

  #sides(): Side[] {
    return [...this.store.transactions()].flatMap(({ sides }) => sides);
  }
}

/**
 * What the page shows, and from where: the hub, live, or a recording. Records are applied in slices of time, and whoever
 * draws is told, ten times a second at most: more often nobody can read. What is said of the records — paused, so many wait,
 * all was read — is said when those records are drawn, not before.
 */
import { signal } from '@preact/signals';
import type { Filter } from '../store/filter.js';
import { InspectionStore } from '../store/inspection-store.js';
import { Intake } from '../store/intake.js';
import { RecordingReader } from '../store/recording.js';
import { Rows } from '../store/rows.js';
import type { Side } from '../store/transaction.js';
import type { ConnectionState, ConnectionUser, Frames, HubConnection } from './ports.js';

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
const MIN_DRAW_INTERVAL_MS = 100;
/** Ages go on while nothing happens. */
const CLOCK_INTERVAL_MS = 1_000;
/** A step through a recording takes so many lines. */
const LINES_A_STEP = 25;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

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

  readonly #connection: HubConnection;
  readonly #frames: Frames;
  readonly #intake = new Intake({
    reset: () => this.#startAnew(),
    apply: (record) => this.store.apply(record),
  });
  /** The recording, until all of it is read and drawn. */
  #reader: RecordingReader | undefined;
  /** There was no place for more: the connection is closed until what waits is applied. */
  #heldBack = false;
  /** Something was applied that is not drawn. */
  #dirty = false;
  #scheduled = false;
  #drawnAtMs = -Infinity;
  #pausedAtMs = 0;

  constructor(connect: (user: ConnectionUser) => HubConnection, frames: Frames) {
    this.#frames = frames;
    this.#connection = connect({
      position: () => {
        this.#intake.hold();
        return this.#intake.position;
      },
      opened: () => {
        this.#intake.forgetWaiting();
        this.waiting.value = 0;
      },
      received: (text) => this.#receive(text),
      changed: (state) => {
        this.connection.value = state;
        this.#intake.release();
        this.#schedule();
      },
    });
  }

  start(): void {
    this.#connection.open();
    setInterval(() => {
      if (this.source.value.kind === 'live' && !this.paused.value) this.#markDirty();
    }, CLOCK_INTERVAL_MS);
  }

  /**
   * Called while a component is drawn: it will be drawn again whenever there is something new. It may be drawn for a reason of
   * its own as well: rows and store are of one moment then, too.
   */
  follow(): number {
    this.rows.update(this.store.takeChanged());
    return this.tick.value;
  }

  /** Now, by the clock of the records; it stands still while paused. */
  nowMs(): number {
    if (this.source.value.kind === 'file') return this.store.lastAtMs ?? 0;
    return this.paused.value ? this.#pausedAtMs : Date.now();
  }

  /** Whether it is not known yet what there is: of an empty list nothing can be said then. */
  get isReading(): boolean {
    if (this.source.value.kind === 'file') return this.#reader !== undefined;
    return this.#intake.position === undefined;
  }

  select(filter: Filter): void {
    this.store.takeChanged();
    this.rows.select(filter, this.#sides());
    this.tick.value += 1;
  }

  /** Stops between two batches, with all drawn that was applied: from then on nothing moves. */
  togglePause(): void {
    if (this.paused.value) this.paused.value = false;
    else {
      this.#intake.finishBatch();
      this.#pausedAtMs = Date.now();
      this.#draw();
      this.paused.value = true;
    }
    this.#schedule();
  }

  /** Applies the next batch, while paused. */
  step(): void {
    if (!this.paused.value) return;
    if (this.#reader !== undefined) this.#readLines(this.#reader, LINES_A_STEP);
    else {
      this.#intake.apply(Infinity);
      this.#goOnIfHeldBack();
    }
    this.#pausedAtMs = Math.max(this.#pausedAtMs, this.store.lastAtMs ?? 0);
    this.#draw();
  }

  /** Forgets calls, handlers and frames; endpoints that are open stay. */
  clear(): void {
    this.#intake.finishBatch();
    const open = [...this.store.endpoints.values()].filter(({ closed }) => closed === undefined);
    this.#startAnew();
    for (const { record, counts } of open) {
      this.store.apply(record);
      const last = counts.last();
      if (last !== undefined) this.store.apply(last);
    }
    this.#draw();
  }

  /** Shows a recording in place of what is live. */
  async openFile(file: Pick<File, 'name' | 'size' | 'text'>): Promise<void> {
    if (file.size > MAX_FILE_BYTES) {
      this.problem.value = `${file.name} has ${file.size} bytes; a recording has at most ${MAX_FILE_BYTES}.`;
      return;
    }
    const text = await file.text();
    this.#connection.close();
    this.#heldBack = false;
    this.#reader = new RecordingReader(text);
    this.#showFrom({ kind: 'file', name: file.name, refused: 0, progress: 0 });
  }

  /** Leaves the recording: the hub sends what it remembers. */
  backToLive(): void {
    this.#reader = undefined;
    this.#showFrom({ kind: 'live' });
    this.#connection.open();
  }

  #showFrom(source: Source): void {
    this.#intake.startAnew();
    this.#startAnew();
    this.paused.value = false;
    this.problem.value = undefined;
    this.source.value = source;
    this.#draw();
    this.#schedule();
  }

  #receive(text: string): void {
    if (this.#intake.add(text)) {
      if (this.paused.value) this.waiting.value = this.#intake.waiting;
      this.#schedule();
      return;
    }
    // What is not taken now comes again, or a summary of it, from where this page is by then.
    this.#heldBack = true;
    this.#connection.close();
  }

  #goOnIfHeldBack(): void {
    if (!this.#heldBack || this.#intake.waiting > 0) return;
    this.#heldBack = false;
    this.#connection.open();
  }

  #schedule(): void {
    if (this.#scheduled || !this.#hasWork()) return;
    this.#scheduled = true;
    this.#frames.next(() => {
      this.#scheduled = false;
      this.#run();
      this.#schedule();
    });
  }

  #hasWork(): boolean {
    if (this.#dirty) return true;
    if (this.paused.value) return false;
    return this.#intake.hasMore || this.#reader !== undefined;
  }

  #run(): void {
    const draws = this.#frames.nowMs() - this.#drawnAtMs >= MIN_DRAW_INTERVAL_MS;
    // A frame in which all is drawn has less time for records.
    if (!this.paused.value) this.#applySlice(draws ? SLICE_MS / 2 : SLICE_MS);
    if (draws && this.#dirty) this.#draw();
  }

  #applySlice(sliceMs: number): void {
    const endMs = this.#frames.nowMs() + sliceMs;
    while (this.#frames.nowMs() < endMs && this.#applySome());
    if (this.#reader === undefined) this.#goOnIfHeldBack();
  }

  /** Whether there was anything to apply. */
  #applySome(): boolean {
    if (this.#reader !== undefined) return this.#readLines(this.#reader, RECORDS_A_LOOK);
    if (!this.#intake.apply(RECORDS_A_LOOK)) return false;
    this.#dirty = true;
    return true;
  }

  /** Whether there are more. */
  #readLines(reader: RecordingReader, count: number): boolean {
    for (let n = 0; n < count && !reader.done; n += 1) {
      const record = reader.next();
      if (record !== undefined) this.store.apply(record);
    }
    this.#dirty = true;
    return !reader.done;
  }

  /** Has all drawn that was applied, with what is said of it: what is drawn is what changed by the end of the turn. */
  #draw(): void {
    this.#drawnAtMs = this.#frames.nowMs();
    this.#dirty = false;
    this.rows.update(this.store.takeChanged());
    this.waiting.value = this.#intake.waiting;
    this.#tellProgress();
    this.tick.value += 1;
  }

  #tellProgress(): void {
    const { value: source } = this.source;
    if (this.#reader === undefined || source.kind !== 'file') return;
    const { refused, progress, done } = this.#reader;
    this.source.value = { ...source, refused, progress };
    if (!done) return;
    this.#reader = undefined;
    if (this.store.lastAtMs === undefined) {
      this.problem.value = `${source.name} holds no records of an inspector.`;
    }
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

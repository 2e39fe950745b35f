/**
 * Session: what the page shows, and from where: live from the hub, or from a recording.
 *
 * The states that belong to the records, such as `paused` and `waiting`, change when these records
 * are drawn, not before.
 */
import { signal } from '@preact/signals';
import type { Arrangement } from '../store/arrangement.js';
import type { EndpointCondition, EndpointState } from '../store/endpoint-state.js';
import { InspectionStore } from '../store/inspection-store.js';
import { Intake } from '../store/intake.js';
import { LiveRecords } from '../store/live-records.js';
import { RecordingReader } from '../store/recording.js';
import { Rows } from '../store/rows.js';
import type { SideTest } from '../store/search.js';
import type { Side } from '../store/transaction.js';
import { conditionIn, feedStateOf } from './feed-state.js';
import type { FeedState } from './feed-state.js';
import { FrameLoop } from './frame-loop.js';
import type { ConnectionState, ConnectionUser, Frames, HubConnection } from './ports.js';
import type { Source } from './source.js';

/** After how many records the clock is read. */
const RECORDS_A_LOOK = 32;
/** The ages of calls must be redrawn even when nothing happens. */
const CLOCK_INTERVAL_MS = 1_000;
/** How many lines of a recording a step reads. */
const LINES_A_STEP = 25;
const MAX_FILE_BYTES = 256 * 1024 * 1024;

export class Session {
  store = new InspectionStore();
  readonly rows = new Rows();
  readonly feedState = signal<FeedState>('catchingUp');
  /** Increases when there is something new to draw. */
  readonly tick = signal(0);
  readonly connection = signal<ConnectionState>('connecting');
  readonly paused = signal(false);
  /** How many batches wait while the page is paused. */
  readonly waiting = signal(0);
  readonly source = signal<Source>({ kind: 'live' });
  /** What is wrong with a file, in words for the user. */
  readonly problem = signal<string | undefined>(undefined);

  readonly #connection: HubConnection;
  readonly #loop: FrameLoop;
  #live = new LiveRecords();
  readonly #intake = new Intake({
    retold: (missing) => this.#live.retold(this.store, missing),
    apply: (record) => this.#live.apply(this.store, record),
    heard: () => this.#live.heard(this.store, Date.now()),
  });
  /** The recording, until all of it has been read and drawn. */
  #reader: RecordingReader | undefined;
  /**
   * The queue was full: the connection stays closed until the waiting batches have been applied.
   */
  #heldBack = false;
  #pausedAtMs = 0;
  /** When the hub was last heard of, if it is gone. */
  goneAtMs = 0;

  constructor(connect: (user: ConnectionUser) => HubConnection, frames: Frames) {
    this.#loop = new FrameLoop(frames, {
      hasMore: () => this.#hasMore(),
      applySome: () => this.#applySome(),
      sliceEnded: () => {
        if (this.#reader === undefined) this.#goOnIfHeldBack();
      },
      draw: () => this.#drawAll(),
    });
    this.#connection = connect({
      position: () => {
        this.#intake.hold();
        return this.#intake.position;
      },
      opened: () => {
        this.#intake.reopened();
        this.waiting.value = 0;
      },
      received: (text) => this.#receive(text),
      changed: (state) => {
        if (this.connection.value !== 'broken') this.goneAtMs = Date.now();
        this.connection.value = state;
        this.#tellState();
        this.#intake.release();
        this.#loop.schedule();
      },
    });
  }

  start(): void {
    this.#connection.open();
    setInterval(() => {
      if (this.source.value.kind === 'live' && !this.paused.value) this.#loop.markDirty();
    }, CLOCK_INTERVAL_MS);
  }

  /**
   * Components call this while they are drawn, and are then drawn again when there is something
   * new. A component may also be drawn for another reason. So this updates the rows too: rows and
   * store then always show the same moment.
   */
  follow(): number {
    this.rows.update(this.store.takeChanged());
    return this.tick.value;
  }

  /**
   * The current time by the clock of the records. It stands still while the page is paused, or the
   * hub is gone.
   */
  nowMs(): number {
    if (this.source.value.kind === 'file') return this.store.lastAtMs ?? 0;
    if (this.paused.value) return this.#pausedAtMs;
    return this.connection.value === 'broken' ? this.goneAtMs : Date.now();
  }

  /**
   * Whether the first records are still being read. Until then an empty list does not mean that
   * there is nothing.
   */
  get isReading(): boolean {
    if (this.source.value.kind === 'file') return this.#reader !== undefined;
    return this.feedState.value === 'catchingUp' || this.#intake.position === undefined;
  }

  /** How many calls and requests the hub did not have any more when the page was opened. */
  get missing(): number {
    return this.#live.missing;
  }

  /** What is known of the endpoint at present. */
  conditionOf(endpoint: EndpointState): EndpointCondition {
    return conditionIn(this.feedState.value, endpoint);
  }

  /** Lists what passes the test, in this arrangement. */
  list(test: SideTest, arrangement: Arrangement): void {
    this.store.takeChanged();
    this.rows.select(test, arrangement, this.#sides());
    this.tick.value += 1;
  }

  /** Pauses between two batches, after everything that was applied is drawn. Then nothing moves. */
  togglePause(): void {
    if (this.paused.value) this.paused.value = false;
    else {
      this.#intake.finishBatch();
      this.#pausedAtMs = Date.now();
      this.#loop.draw();
      this.paused.value = true;
    }
    this.#tellState();
    this.#loop.schedule();
  }

  /** Applies the next batch while paused. */
  step(): void {
    if (!this.paused.value) return;
    if (this.#reader !== undefined) this.#readLines(this.#reader, LINES_A_STEP);
    else {
      this.#intake.apply(Infinity);
      this.#goOnIfHeldBack();
    }
    this.#pausedAtMs = Math.max(this.#pausedAtMs, this.store.lastAtMs ?? 0);
    this.#loop.draw();
  }

  /** Forgets calls, handlers and frames. Endpoints that are open stay, and actors that run. */
  clear(): void {
    this.#intake.finishBatch();
    const open = [...this.store.endpoints.values()].filter(({ closed }) => closed === undefined);
    const machines = [...this.store.machines.livingRecords()];
    this.#startAnew();
    for (const record of machines) this.store.apply(record);
    for (const { record, counts } of open) {
      this.store.apply(record);
      const last = counts.last();
      if (last !== undefined) this.store.apply(last);
    }
    this.#loop.draw();
  }

  /** Shows a recording instead of the live records. */
  async openFile(file: Pick<File, 'name' | 'size' | 'text'>): Promise<void> {
    if (file.size > MAX_FILE_BYTES) {
      this.problem.value = `${file.name} has ${file.size} bytes; the limit is ${MAX_FILE_BYTES}.`;
      return;
    }
    const text = await file.text();
    this.#connection.close();
    this.#heldBack = false;
    this.#reader = new RecordingReader(text);
    this.#showFrom({ kind: 'file', name: file.name, refused: 0, progress: 0 });
  }

  /** Leaves the recording. The hub then sends everything it remembers. */
  backToLive(): void {
    this.#reader = undefined;
    this.#showFrom({ kind: 'live' });
    this.#connection.open();
  }

  #showFrom(source: Source): void {
    this.#intake.startAnew();
    this.#live = new LiveRecords();
    this.#startAnew();
    this.paused.value = false;
    this.problem.value = undefined;
    this.source.value = source;
    this.#loop.draw();
    this.#loop.schedule();
  }

  #receive(text: string): void {
    if (this.#intake.add(text)) {
      if (this.paused.value) this.waiting.value = this.#intake.waiting;
      this.#loop.schedule();
      return;
    }
    // When the connection opens again, the hub sends the refused message again, or a summary of it.
    this.#heldBack = true;
    this.#connection.close();
  }

  #goOnIfHeldBack(): void {
    if (!this.#heldBack || this.#intake.waiting > 0) return;
    this.#heldBack = false;
    this.#connection.open();
  }

  #hasMore(): boolean {
    if (this.paused.value) return false;
    return this.#intake.hasMore || this.#reader !== undefined;
  }

  /** Applies some records. Returns whether there were any. */
  #applySome(): boolean {
    if (this.#reader !== undefined) return this.#readLines(this.#reader, RECORDS_A_LOOK);
    return this.#intake.apply(RECORDS_A_LOOK);
  }

  /** Returns whether there are more lines. */
  #readLines(reader: RecordingReader, count: number): boolean {
    for (let n = 0; n < count && !reader.done; n += 1) {
      const record = reader.next();
      if (record !== undefined) this.store.apply(record);
    }
    return !reader.done;
  }

  /**
   * Draws everything that was applied, together with the states that belong to it. Changes of
   * signals are drawn at the end of this turn.
   */
  #drawAll(): void {
    this.rows.update(this.store.takeChanged());
    this.waiting.value = this.#intake.waiting;
    this.#tellProgress();
    this.#tellState();
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
      this.problem.value = `${source.name} has no records of an inspector.`;
    }
  }

  #startAnew(): void {
    this.store = new InspectionStore();
    this.rows.clear();
  }

  #tellState(): void {
    this.feedState.value = feedStateOf({
      showsFile: this.source.value.kind === 'file',
      paused: this.paused.value,
      connection: this.connection.value,
      caughtUp: this.#intake.caughtUp,
      endpoints: this.store.endpoints.values(),
    });
  }

  #sides(): Side[] {
    return [...this.store.transactions()].flatMap(({ sides }) => sides);
  }
}

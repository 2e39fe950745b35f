/**
 * The hub: takes records from feeds, remembers them, and hands them to viewers.
 *
 * A feed may send again what it has sent: nothing is taken twice. A feed that ends while its endpoints are open leaves them
 * lost, and whoever feeds them next finds them again. A viewer is sent what it has not seen, as fast as it reads.
 */
import { Cursor } from './cursor.js';
import { History } from './history.js';
import type { HistoryLimits } from './history.js';
import { readRecord } from '../record.js';
import type { InspectionRecord } from '../record.js';

/** Emitted when an endpoint is told of for the first time, again after it was lost, when it closed, or was lost. */
export interface InspectorReport {
  readonly type: 'endpoint.opened' | 'endpoint.returned' | 'endpoint.closed' | 'endpoint.lost';
  /** What people call it. It comes from a feed: escape it before you print it. */
  readonly name: string;
  readonly address: string;
  readonly processId: number;
}

/** Where a viewer's messages go. */
export interface Viewer {
  send(text: string): void;
  /** What was sent and has not left yet. */
  readonly bufferedBytes: number;
}

interface HubOptions {
  /** Tells this hub from one that was there before. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly limits?: HistoryLimits;
  /** Must not throw. */
  readonly onReport?: (report: InspectorReport) => void;
}

/** A message holds about so many characters at most: a page that draws is not stopped for long. */
const MAX_MESSAGE_CHARS = 256 * 1024;
/** A viewer with more than this on its way is sent nothing until it has read. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export class Hub {
  readonly id: string;
  readonly #nowMs: () => number;
  readonly #history: History;
  readonly #onReport: (report: InspectorReport) => void;
  /** Who feeds an endpoint: the last that told of it. Bounded by the endpoints that the history knows. */
  readonly #feeders = new Map<string, HubFeed>();
  /** Bounded by whoever opens them. */
  readonly #viewers = new Map<Viewer, Cursor>();
  #dropped = 0;

  constructor({ id, nowMs, limits = {}, onReport = () => undefined }: HubOptions) {
    this.id = id;
    this.#nowMs = nowMs;
    this.#history = new History(limits);
    this.#onReport = onReport;
  }

  /** How many things came from feeds that are no records, or of endpoints that did not say who they are. */
  get dropped(): number {
    return this.#dropped;
  }

  openFeed(): HubFeed {
    const feed: HubFeed = new HubFeed({
      take: (record) => {
        this.#take(record, feed);
      },
      drop: () => {
        this.#dropped += 1;
      },
      close: () => {
        this.#feedClosed(feed);
      },
    });
    return feed;
  }

  /** Takes records that nobody feeds: those of a recording. */
  show(records: Iterable<InspectionRecord>): void {
    for (const record of records) this.#history.add(record);
  }

  /** @param last hub and position of the last message that the viewer got, if it got any */
  openViewer(viewer: Viewer, last?: { readonly hub: string; readonly position: number }): void {
    const position = last?.hub === this.id ? last.position : undefined;
    this.#viewers.set(viewer, new Cursor(this.#history, position));
    this.#send(viewer);
  }

  closeViewer(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** Sends every viewer what is new to it. To be called now and then. */
  flush(): void {
    for (const viewer of this.#viewers.keys()) this.#send(viewer);
  }

  #send(viewer: Viewer): void {
    const cursor = this.#viewers.get(viewer);
    while (cursor !== undefined && viewer.bufferedBytes <= MAX_BUFFERED_BYTES) {
      const batch = cursor.next(MAX_MESSAGE_CHARS);
      if (batch === undefined) return;
      const { position, reset, texts } = batch;
      const head = JSON.stringify({ hub: this.id, position, reset }).slice(0, -1);
      viewer.send(`${head},"records":[${texts.join(',')}]}`);
    }
  }

  #take(record: InspectionRecord, feed: HubFeed): void {
    const { endpoint: key, type } = record;
    const before = this.#history.endpoint(key);
    const added = this.#history.add(record);
    const after = this.#history.endpoint(key);
    if (after === undefined) {
      if (!this.#history.hasEnded(key)) this.#dropped += 1;
      return;
    }
    this.#feeders.set(key, feed);
    if (added && type === 'endpoint') {
      this.#report(before === undefined ? 'endpoint.opened' : 'endpoint.returned', key);
    } else if (added && type === 'endpoint.closed') {
      this.#report(record.lost === true ? 'endpoint.lost' : 'endpoint.closed', key);
    }
    if (before === undefined) this.#forgetFeeders();
  }

  /** Of endpoints that the history has forgotten, to make room for one that came. */
  #forgetFeeders(): void {
    for (const key of this.#feeders.keys()) {
      if (this.#history.endpoint(key) === undefined) this.#feeders.delete(key);
    }
  }

  #feedClosed(feed: HubFeed): void {
    for (const [key, feeder] of this.#feeders) {
      if (feeder !== feed) continue;
      this.#feeders.delete(key);
      const lastSeq = this.#history.lastSeq(key);
      if (lastSeq === undefined) continue;
      // Between the last record that came and the next that may come, which has a number of its own.
      const seq = lastSeq + 0.5;
      const common = { endpoint: key, seq, atMs: this.#nowMs() };
      if (this.#history.add({ type: 'endpoint.closed', ...common, lost: true })) {
        this.#report('endpoint.lost', key);
      }
    }
  }

  #report(type: InspectorReport['type'], key: string): void {
    const endpoint = this.#history.endpoint(key);
    if (endpoint === undefined) return;
    const { name, address, processId } = endpoint.record;
    this.#onReport({ type, name, address, processId });
  }
}

interface FeedTarget {
  readonly take: (record: InspectionRecord) => void;
  readonly drop: () => void;
  readonly close: () => void;
}

/** What feeds a hub. Nothing of it throws. */
export class HubFeed {
  readonly #target: FeedTarget;
  #open = true;

  constructor(target: FeedTarget) {
    this.#target = target;
  }

  /** Takes a record that was made here. */
  take(record: InspectionRecord): void {
    if (!this.#open) return;
    try {
      this.#target.take(record);
    } catch {
      // Nested too deeply to be kept as text.
      this.#target.drop();
    }
  }

  /** Takes the text of a JSON array of records; what is none is dropped, and counted. */
  takeMessage(text: string): void {
    for (const value of parseArray(text) ?? [undefined]) {
      const record = readRecord(value);
      if (record === undefined) this.#target.drop();
      else this.take(record);
    }
  }

  /** What it fed and did not close is lost. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#target.close();
  }
}

function parseArray(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Hub: takes records from feeds, remembers them and sends them to viewers.
 *
 * A feed may send records again: none is taken twice. When a feed ends while its endpoints are
 * open, they become lost; the next feed that sends them finds them again. A viewer gets all records
 * it has not seen, as fast as it reads.
 */
import { Cursor } from './cursor.js';
import { History } from './history.js';
import type { HistoryLimits } from './history.js';
import { readRecord } from '../record.js';
import type { InspectionRecord } from '../record.js';

/**
 * Reported when an endpoint is seen for the first time, when it returns after it was lost, when it
 * closes, and when it is lost.
 */
export interface InspectorReport {
  readonly type: 'endpoint.opened' | 'endpoint.returned' | 'endpoint.closed' | 'endpoint.lost';
  /** The display name of the endpoint. It comes from a feed: escape it before you print it. */
  readonly name: string;
  readonly address: string;
  readonly processId: number;
}

/** The receiver of the messages of one viewer. */
export interface Viewer {
  send(text: string): void;
  /** How many bytes were sent and have not yet left this process. */
  readonly bufferedBytes: number;
}

interface HubOptions {
  /** Distinguishes this hub from an earlier one at the same URL. */
  readonly id: string;
  /** The current Unix time in milliseconds. */
  readonly nowMs: () => number;
  readonly limits?: HistoryLimits;
  /** Must not throw. */
  readonly onReport?: (report: InspectorReport) => void;
}

/**
 * The most characters of a message, about. Larger ones would stop a page from drawing for too long.
 */
const MAX_MESSAGE_CHARS = 256 * 1024;
/** The most records of a message from a feed, which has about 256 Ki characters of them. */
const MAX_MESSAGE_RECORDS = 8_192;
/** While more than this waits for a viewer, nothing more is sent to it. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export class Hub {
  readonly id: string;
  readonly #nowMs: () => number;
  readonly #history: History;
  readonly #onReport: (report: InspectorReport) => void;
  /**
   * The feed of each endpoint: the last that sent a record of it. Bounded by the endpoints in the
   * history.
   */
  readonly #feeders = new Map<string, HubFeed>();
  /** Bounded by the server that opens them. */
  readonly #viewers = new Map<Viewer, Cursor>();
  #dropped = 0;

  constructor({ id, nowMs, limits = {}, onReport = () => undefined }: HubOptions) {
    this.id = id;
    this.#nowMs = nowMs;
    this.#history = new History(limits);
    this.#onReport = onReport;
  }

  /**
   * How many values from feeds were not valid records, were too large, or belonged to an endpoint
   * whose own record never came.
   */
  get dropped(): number {
    return this.#dropped;
  }

  openFeed(): HubFeed {
    const feed: HubFeed = new HubFeed({
      take: (record) => {
        this.#take(record, feed);
      },
      drop: (count) => {
        this.#dropped += count;
      },
      close: () => {
        this.#feedClosed(feed);
      },
    });
    return feed;
  }

  /**
   * Takes records that come from no feed: those of a recording. With it ends what is known of its
   * endpoints.
   */
  show(records: Iterable<InspectionRecord>): void {
    /** When each endpoint was last heard of. */
    const ends = new Map<string, number>();
    for (const record of records) {
      try {
        this.#history.add(record);
        ends.set(record.endpoint, record.atMs);
      } catch {
        // Too large, or nested too deeply.
        this.#dropped += 1;
      }
    }
    for (const [key, atMs] of ends) this.#lose(key, atMs, true);
  }

  /**
   * The viewer gets at least one message at once.
   *
   * @param last the hub and the position of the last message that the viewer got, if any
   */
  openViewer(viewer: Viewer, last?: { readonly hub: string; readonly position: number }): void {
    const position = last?.hub === this.id ? last.position : undefined;
    this.#viewers.set(viewer, new Cursor(this.#history, position));
    this.#send(viewer);
  }

  closeViewer(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** Sends each viewer what is new to it. The owner must call this regularly. */
  flush(): void {
    for (const viewer of this.#viewers.keys()) this.#send(viewer);
  }

  #send(viewer: Viewer): void {
    const cursor = this.#viewers.get(viewer);
    while (cursor !== undefined && viewer.bufferedBytes <= MAX_BUFFERED_BYTES) {
      const batch = cursor.next(MAX_MESSAGE_CHARS);
      if (batch === undefined) return;
      const { position, reset, caughtUp, texts } = batch;
      const { callsDropped } = this.#history;
      const about = { hub: this.id, position, reset, caughtUp, callsDropped };
      const head = JSON.stringify(about).slice(0, -1);
      viewer.send(`${head},"records":[${texts.join(',')}]}`);
    }
  }

  #take(record: InspectionRecord, feed: HubFeed): void {
    const { endpoint: key, type } = record;
    const before = this.#history.endpoint(key);
    const added = this.#history.add(record) !== undefined;
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

  /** Drops the feeders of endpoints that the history has forgotten. */
  #forgetFeeders(): void {
    for (const key of this.#feeders.keys()) {
      if (this.#history.endpoint(key) === undefined) this.#feeders.delete(key);
    }
  }

  #feedClosed(feed: HubFeed): void {
    for (const [key, feeder] of this.#feeders) {
      if (feeder !== feed) continue;
      this.#feeders.delete(key);
      if (this.#lose(key, this.#nowMs())) this.#report('endpoint.lost', key);
    }
  }

  /** Records that nothing more is known of the endpoint. Returns whether it was open. */
  #lose(key: string, atMs: number, recorded?: true): boolean {
    const lastSeq = this.#history.lastSeq(key);
    if (lastSeq === undefined) return false;
    // Half a step lies between the last record that came and the next that may come.
    const common = { endpoint: key, seq: lastSeq + 0.5, atMs };
    const about = { lost: true, ...(recorded && { recorded }) } as const;
    return this.#history.add({ type: 'endpoint.closed', ...common, ...about }) !== undefined;
  }

  #report(type: InspectorReport['type'], key: string): void {
    const endpoint = this.#history.endpoint(key);
    // Programs come and go with their endpoints, which are reported.
    if (endpoint?.record.type !== 'endpoint') return;
    const { name, address, processId } = endpoint.record;
    this.#onReport({ type, name, address, processId });
  }
}

interface FeedTarget {
  readonly take: (record: InspectionRecord) => void;
  readonly drop: (count: number) => void;
  readonly close: () => void;
}

/** A feed of a hub. Its methods never throw. */
export class HubFeed {
  readonly #target: FeedTarget;
  #open = true;

  constructor(target: FeedTarget) {
    this.#target = target;
  }

  /** Takes a record that was made in this process. */
  take(record: InspectionRecord): void {
    if (!this.#open) return;
    try {
      this.#target.take(record);
    } catch {
      // Too large, or nested too deeply.
      this.#target.drop(1);
    }
  }

  /**
   * Takes the text of a JSON array of records. Values that are not records are dropped and counted,
   * and so are all beyond a number that no feed reaches.
   */
  takeMessage(text: string): void {
    const values = parseArray(text) ?? [undefined];
    for (const value of values.slice(0, MAX_MESSAGE_RECORDS)) {
      const record = readRecord(value);
      if (record === undefined) this.#target.drop(1);
      else this.take(record);
    }
    this.#target.drop(Math.max(0, values.length - MAX_MESSAGE_RECORDS));
  }

  /** Ends the feed. Endpoints that it fed and that did not close become lost. */
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

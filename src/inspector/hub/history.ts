/**
 * History: a bounded memory of records. A late reader first gets what is remembered of the past,
 * everything that lives included, however old its records are, and then what is new.
 *
 * - Of each endpoint: its own record, its latest counts, the latest record of each peer and of each
 *   kind of failure, and all calls and handlers that live. Of all endpoints together: as many other
 *   records as there is room for, by kind. So a storm of failures pushes out only itself.
 * - No record is in it twice. Records of one endpoint come in the order of their `seq`; a `seq`
 *   that is not greater than the last is a repetition. So a feed may send everything again.
 * - A closed endpoint has nothing that lives. It is forgotten when there are no more records of it.
 *   A lost endpoint keeps its records, and continues when its `endpoint` record comes again.
 */
import { FACTS } from '../kind.js';
import { Lanes } from '../lanes.js';
import { isOpening } from './endpoint-memory.js';
import type { EndpointMemory, Opening } from './endpoint-memory.js';
import { Living } from './living.js';
import type { KeptRecord } from './kept-record.js';
import { KeptRecords } from './kept-records.js';
import { Latest } from './latest.js';
import type { InspectionRecord } from '../record.js';
import { MAX_RECORD_CHARS } from '../record-bounds.js';

/** How much a history may hold. */
export interface HistoryLimits {
  /** The most records, besides the latest facts and what lives. Default 100,000. */
  readonly maxRecords?: number;
  /** The most JSON characters of these records, and as many again in what lives. Default 64 Mi. */
  readonly maxChars?: number;
  /** The most calls and handlers that live, at all endpoints together. Default 10,000. */
  readonly maxLiving?: number;
  /** The most endpoints. Beyond that, closed endpoints are forgotten first. Default 256. */
  readonly maxEndpoints?: number;
}

/** The default limits. */
export const HISTORY_LIMITS: Required<HistoryLimits> = {
  maxRecords: 100_000,
  maxChars: 64 * 1024 * 1024,
  maxLiving: 10_000,
  maxEndpoints: 256,
};

/** The most endpoints that closed and were forgotten: their records are refused. */
const MAX_ENDED = 4_096;

export class History {
  readonly #limits: Required<HistoryLimits>;
  readonly #onDropped: (kept: KeptRecord) => void;
  readonly #records = new KeptRecords();
  /** The records that nothing needs. */
  readonly #spare = new Lanes<KeptRecord>(({ text }) => text.length);
  #position = 0;
  #lastDropped = 0;
  #drops = 0;
  #callsDropped = 0;
  readonly #endpoints = new Map<string, EndpointMemory>();
  readonly #ended = new Set<string>();

  /** @param onDropped called with each record that had to make room */
  constructor(limits: HistoryLimits = {}, onDropped: (kept: KeptRecord) => void = () => undefined) {
    this.#limits = { ...HISTORY_LIMITS, ...limits };
    this.#onDropped = onDropped;
  }

  /** The position of the latest record; 0 if there is none. */
  get position(): number {
    return this.#position;
  }

  /** The highest position of the records that had to make room. */
  get lastDropped(): number {
    return this.#lastDropped;
  }

  /** How many records had to make room. */
  get drops(): number {
    return this.#drops;
  }

  /** How many calls, notifications and requests had to make room. */
  get callsDropped(): number {
    return this.#callsDropped;
  }

  /** The endpoint's own record, and whether the endpoint is open; undefined if it is not known. */
  endpoint(key: string): { readonly record: Opening; readonly open: boolean } | undefined {
    const memory = this.#endpoints.get(key);
    return memory && { record: memory.opened, open: memory.state === 'open' };
  }

  /** Whether the endpoint closed and was then forgotten. */
  hasEnded(key: string): boolean {
    return this.#ended.has(key);
  }

  /** The highest `seq` of the records from this endpoint. */
  lastSeq(key: string): number | undefined {
    return this.#endpoints.get(key)?.lastSeq;
  }

  /**
   * Adds a record, and returns its JSON text. Returns undefined if it was refused: it is a
   * repetition, or its endpoint has not sent its own record, or its endpoint has closed.
   *
   * @throws RangeError for values that are nested some thousand levels deep, and for a record of
   * more than a mebi characters; then nothing has changed.
   */
  add(record: InspectionRecord): string | undefined {
    const memory = this.#admit(record);
    if (memory === undefined) return undefined;
    // Must come before any change: this throws for values that are nested too deeply.
    const text = JSON.stringify(record);
    if (text.length > MAX_RECORD_CHARS) throw new RangeError('The record is too long');
    this.#endpoints.set(record.endpoint, memory);
    this.#position += 1;
    const { endpoint, type } = record;
    const begins = type === 'call' || type === 'notification' || type === 'handler';
    const kept: KeptRecord = { position: this.#position, text, endpoint, begins, needs: 0 };
    this.#records.push(kept);
    this.#note(memory, record, kept);
    this.#keepBounds();
    return text;
  }

  /** Everything that is remembered, in the order in which it came. */
  all(): InspectionRecord[] {
    return this.since(0).map(({ text }) => JSON.parse(text) as InspectionRecord);
  }

  /** The latest facts and all that lives, in the order in which it came. */
  needed(): KeptRecord[] {
    return this.#records.needed();
  }

  /**
   * The remembered records after this position, in order: at most `maxChars` characters, but at
   * least one record.
   */
  since(position: number, maxChars?: number): KeptRecord[] {
    return this.#records.since(position, maxChars);
  }

  #admit(record: InspectionRecord): EndpointMemory | undefined {
    const { endpoint: key, seq } = record;
    const memory = this.#endpoints.get(key);
    if (memory === undefined) {
      return isOpening(record) && !this.#ended.has(key) ? this.#meet(record) : undefined;
    }
    if (memory.state === 'lost') return isOpening(record) ? memory : undefined;
    const isNew = isLoss(record) || seq > memory.lastSeq;
    return memory.state === 'open' && isNew ? memory : undefined;
  }

  #meet(opened: Opening): EndpointMemory {
    const release = (kept: KeptRecord, kind: string): void => {
      memory.spare += 1;
      this.#spare.add(kind, kept);
    };
    const memory: EndpointMemory = {
      opened,
      state: 'open',
      lastSeq: opened.seq,
      spare: 0,
      latest: new Latest((kept) => release(kept, FACTS)),
      living: new Living(release),
    };
    return memory;
  }

  #note(memory: EndpointMemory, record: InspectionRecord, kept: KeptRecord): void {
    // A record of a loss comes from the hub, not from the endpoint, so its `seq` does not count.
    if (!isLoss(record)) memory.lastSeq = Math.max(memory.lastSeq, record.seq);
    if (isOpening(record)) memory.state = 'open';
    if (record.type === 'endpoint.closed') {
      memory.state = isLoss(record) ? 'lost' : 'closed';
      if (memory.state === 'closed') memory.living.clear();
    }
    if (!memory.latest.add(record, kept)) memory.living.add(record, kept);
  }

  #keepBounds(): void {
    const { maxRecords, maxChars, maxEndpoints } = this.#limits;
    while (this.#tooMuchLives()) this.#mostAlive().living.dropOldest();
    while (this.#endpoints.size > maxEndpoints) this.#forgetOne();
    const spare = this.#spare;
    while (spare.size > maxRecords || (spare.cost > maxChars && spare.size > 1)) this.#dropSpare();
  }

  #dropSpare(): void {
    const kept = this.#spare.shift();
    if (kept === undefined) return;
    this.#onDropped(kept);
    this.#drops += 1;
    this.#lastDropped = Math.max(this.#lastDropped, kept.position);
    if (kept.begins) this.#callsDropped += 1;
    this.#records.drop(kept);
    const memory = this.#endpoints.get(kept.endpoint);
    if (memory === undefined) return;
    memory.spare -= 1;
    if (memory.state === 'closed' && memory.spare === 0) this.#forget(kept.endpoint);
  }

  #tooMuchLives(): boolean {
    const { maxLiving, maxChars } = this.#limits;
    let actors = 0;
    let chars = 0;
    for (const { living } of this.#endpoints.values()) {
      actors += living.size;
      chars += living.chars;
    }
    return actors > maxLiving || chars > maxChars;
  }

  #mostAlive(): EndpointMemory {
    return [...this.#endpoints.values()].reduce((most, memory) =>
      memory.living.chars > most.living.chars ? memory : most,
    );
  }

  #forgetOne(): void {
    const known = [...this.#endpoints];
    const [key] =
      known.find(([, { state }]) => state === 'closed') ??
      known.find(([, { state }]) => state === 'lost') ??
      known[0] ??
      [];
    if (key !== undefined) this.#forget(key);
  }

  #forget(key: string): void {
    const memory = this.#endpoints.get(key);
    if (memory === undefined) return;
    if (memory.state === 'closed') {
      this.#ended.add(key);
      if (this.#ended.size > MAX_ENDED) deleteOldest(this.#ended);
    }
    this.#endpoints.delete(key);
    memory.living.clear();
    for (const kept of memory.latest.records()) this.#records.drop(kept);
  }
}

function isLoss(record: InspectionRecord): boolean {
  return record.type === 'endpoint.closed' && record.lost === true;
}

function deleteOldest(keys: Set<string>): void {
  for (const key of keys) {
    keys.delete(key);
    return;
  }
}

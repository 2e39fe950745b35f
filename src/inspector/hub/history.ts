/**
 * History: a bounded memory of records. A late reader first gets everything that lives, however old
 * its records are, and then the latest events.
 *
 * - Of each endpoint: its own record, its latest counts, the latest record of each peer, and all
 *   calls and handlers that live. Of all endpoints together: the latest records, in a ring.
 * - No record is in it twice. Records of one endpoint come in the order of their `seq`; a `seq`
 *   that is not greater than the last is a repetition. So a feed may send everything again.
 * - A closed endpoint has nothing that lives. It is forgotten when the ring has no more records of
 *   it. A lost endpoint keeps its records, and continues when its `endpoint` record comes again.
 */
import { isOpening, keepMachine, memoryOf, rememberedOf } from './endpoint-memory.js';
import type { EndpointMemory, Opening } from './endpoint-memory.js';
import type { KeptRecord } from './living.js';
import type { InspectionRecord } from '../record.js';
import { MAX_RECORD_CHARS } from '../record-bounds.js';

/** How much a history may hold. */
export interface HistoryLimits {
  /** The most records in the ring. Default 100,000. */
  readonly maxRecords?: number;
  /** The most JSON characters in the ring, and as many again in what lives. Default 64 Mi. */
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

/** The most peers of each endpoint. The peer whose last record is oldest is forgotten first. */
const MAX_PEERS = 1_000;
/** The most endpoints that closed and were forgotten: their records are refused. */
const MAX_ENDED = 4_096;

export class History {
  readonly #limits: Required<HistoryLimits>;
  /** The ring begins at `#head`; the places before `#head` are empty. */
  #ring: (KeptRecord | undefined)[] = [];
  #head = 0;
  #ringChars = 0;
  #position = 0;
  #dropped = 0;
  readonly #endpoints = new Map<string, EndpointMemory>();
  readonly #ended = new Set<string>();

  constructor(limits: HistoryLimits = {}) {
    this.#limits = { ...HISTORY_LIMITS, ...limits };
  }

  /** The position of the latest record; 0 if there is none. */
  get position(): number {
    return this.#position;
  }

  /** The position just before the oldest record in the ring. */
  get tailStart(): number {
    return this.#position - this.#size;
  }

  /** How many records of living calls and handlers were removed to make room. */
  get dropped(): number {
    return this.#dropped;
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
   * Adds a record. Returns false if it was refused: it is a repetition, or its endpoint has not
   * sent its own record, or its endpoint has closed.
   *
   * @throws RangeError for values that are nested some thousand levels deep, and for a record of
   * more than a mebi characters; then nothing has changed.
   */
  add(record: InspectionRecord): boolean {
    const memory = this.#admit(record);
    if (memory === undefined) return false;
    // Must come before any change: this throws for values that are nested too deeply.
    const text = JSON.stringify(record);
    if (text.length > MAX_RECORD_CHARS) throw new RangeError('The record is too long');
    this.#position += 1;
    const kept: KeptRecord = { position: this.#position, text };
    this.#note(memory, record, kept);
    this.#ring.push(kept);
    this.#ringChars += kept.text.length;
    this.#keepBounds();
    return true;
  }

  /**
   * Everything that is remembered, in the order in which it came: what the ring has dropped, then
   * the ring.
   */
  all(): InspectionRecord[] {
    return [...this.beforeTail(), ...this.since(this.tailStart)].map(
      ({ text }) => JSON.parse(text) as InspectionRecord,
    );
  }

  /** The remembered records that the ring has dropped, in the order in which they came. */
  beforeTail(): KeptRecord[] {
    const start = this.tailStart;
    const before = new Map<number, KeptRecord>();
    for (const memory of this.#endpoints.values()) {
      for (const kept of rememberedOf(memory)) {
        if (kept.position <= start) before.set(kept.position, kept);
      }
    }
    return [...before.values()].sort((one, other) => one.position - other.position);
  }

  /** Whether the ring still has every record after this position. */
  reaches(position: number): boolean {
    return position >= this.tailStart && position <= this.#position;
  }

  /**
   * Records after this position that are still in the ring: at most `maxChars` characters, but at
   * least one record.
   */
  since(position: number, maxChars = Infinity): KeptRecord[] {
    const start = this.#head + Math.max(position - this.tailStart, 0);
    let chars = 0;
    let end = start;
    while (end < this.#ring.length) {
      chars += this.#ring[end]?.text.length ?? 0;
      if (chars > maxChars && end > start) break;
      end += 1;
    }
    return this.#ring.slice(start, end) as KeptRecord[];
  }

  get #size(): number {
    return this.#ring.length - this.#head;
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
    const memory = memoryOf(opened);
    this.#endpoints.set(opened.endpoint, memory);
    return memory;
  }

  #note(memory: EndpointMemory, record: InspectionRecord, kept: KeptRecord): void {
    // A record of a loss comes from the hub, not from the endpoint, so its `seq` does not count.
    if (!isLoss(record)) memory.lastSeq = Math.max(memory.lastSeq, record.seq);
    memory.lastPosition = kept.position;
    switch (record.type) {
      case 'endpoint':
      case 'program':
        memory.state = 'open';
        memory.endpoint = kept;
        memory.ending = undefined;
        return;
      case 'endpoint.closed':
        memory.state = isLoss(record) ? 'lost' : 'closed';
        memory.ending = kept;
        if (memory.state === 'closed') memory.living.clear();
        return;
      case 'counts':
      case 'program.counts':
        memory.counts = kept;
        return;
      case 'machine':
        keepMachine(memory, record.machine, kept);
        return;
      case 'peer':
        memory.peers.delete(record.peer);
        memory.peers.set(record.peer, kept);
        if (memory.peers.size > MAX_PEERS) deleteOldest(memory.peers);
        return;
      default:
        this.#dropped += memory.living.add(record, kept);
    }
  }

  #keepBounds(): void {
    const { maxRecords, maxChars, maxEndpoints } = this.#limits;
    while (this.#size > maxRecords || (this.#ringChars > maxChars && this.#size > 1)) this.#turn();
    if (this.#head * 2 > this.#ring.length) {
      this.#ring = this.#ring.slice(this.#head);
      this.#head = 0;
    }
    while (this.#endpoints.size > maxEndpoints) this.#forgetOne();
    while (this.#tooMuchLives()) this.#dropped += this.#mostAlive().living.dropOldest();
  }

  #turn(): void {
    this.#ringChars -= this.#ring[this.#head]?.text.length ?? 0;
    this.#ring[this.#head] = undefined;
    this.#head += 1;
    for (const [key, { state, lastPosition }] of this.#endpoints) {
      if (state === 'closed' && lastPosition <= this.tailStart) this.#forget(key);
    }
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
    if (this.#endpoints.get(key)?.state === 'closed') {
      this.#ended.add(key);
      if (this.#ended.size > MAX_ENDED) deleteOldest(this.#ended);
    }
    this.#endpoints.delete(key);
  }
}

function isLoss(record: InspectionRecord): boolean {
  return record.type === 'endpoint.closed' && record.lost === true;
}

function deleteOldest(collection: {
  keys(): Iterable<string>;
  delete(key: string): boolean;
}): void {
  for (const key of collection.keys()) {
    collection.delete(key);
    return;
  }
}

/**
 * History: a bounded memory of records. Whoever comes late is told from it what lives, however long ago that was told, and
 * then what happened last.
 *
 * - Of every endpoint: who it is, its latest counts, the latest of each peer, and all of its calls and handlers that live.
 * - Of everything: the last records, a ring.
 * - No record is in it twice. Those of one endpoint come in the order of their `seq`, and one that is not beyond the last is a
 *   repetition; so whoever is not sure what arrived may send all that it has once more.
 * - An endpoint that closed has nothing that lives, and is forgotten once the ring has turned. One that was lost keeps what
 *   it had: when its `endpoint` record comes again, it goes on.
 */
import { Living } from './living.js';
import type { KeptRecord } from './living.js';
import type { InspectionRecord, RecordOf } from '../record.js';

/** What a history may hold. */
export interface HistoryLimits {
  /** Records in the ring. Default 100,000. */
  readonly maxRecords?: number;
  /** Characters of their JSON in the ring, and as many again in what lives. Default 64 Mi. */
  readonly maxChars?: number;
  /** Calls and handlers that live, at all endpoints. Default 10,000. */
  readonly maxLiving?: number;
  /** Endpoints that are known; of more, those that closed go first. Default 256. */
  readonly maxEndpoints?: number;
}

/** What it is unless somebody says otherwise. */
export const HISTORY_LIMITS: Required<HistoryLimits> = {
  maxRecords: 100_000,
  maxChars: 64 * 1024 * 1024,
  maxLiving: 10_000,
  maxEndpoints: 256,
};

/** Of each endpoint; of more, the one that was told of longest ago goes first. */
const MAX_PEERS = 1_000;
/** Endpoints that closed and were forgotten: nothing of them is taken any more. */
const MAX_ENDED = 4_096;

/** What is kept of an endpoint. */
interface EndpointMemory {
  readonly opened: RecordOf<'endpoint'>;
  state: 'open' | 'closed' | 'lost';
  lastSeq: number;
  lastPosition: number;
  endpoint: KeptRecord;
  ending: KeptRecord | undefined;
  counts: KeptRecord | undefined;
  readonly peers: Map<string, KeptRecord>;
  readonly living: Living;
}

export class History {
  readonly #limits: Required<HistoryLimits>;
  /** The ring: from `#head` on; what stands before it is gone. */
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

  /** The position before the oldest record in the ring. */
  get tailStart(): number {
    return this.#position - this.#size;
  }

  /** How many records of what lives had to make room for others. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The endpoint's own record, if it is known; and whether it is open. */
  endpoint(
    key: string,
  ): { readonly record: RecordOf<'endpoint'>; readonly open: boolean } | undefined {
    const memory = this.#endpoints.get(key);
    return memory && { record: memory.opened, open: memory.state === 'open' };
  }

  /** Whether the endpoint closed, so long ago that it is forgotten. */
  hasEnded(key: string): boolean {
    return this.#ended.has(key);
  }

  /** The highest `seq` that came from an endpoint. */
  lastSeq(key: string): number | undefined {
    return this.#endpoints.get(key)?.lastSeq;
  }

  /**
   * False for a repetition, for an endpoint that did not say who it is, and for one that has closed: not taken.
   *
   * @throws RangeError for values that are nested some thousand deep; it has changed nothing then.
   */
  add(record: InspectionRecord): boolean {
    const memory = this.#admit(record);
    if (memory === undefined) return false;
    // Before anything changes: what a feed sent may be nested too deeply for this.
    const text = JSON.stringify(record);
    this.#position += 1;
    const kept: KeptRecord = { position: this.#position, text };
    this.#note(memory, record, kept);
    this.#ring.push(kept);
    this.#ringChars += kept.text.length;
    this.#keepBounds();
    return true;
  }

  /** Everything that is remembered: what lives first, then the tail; in the order in which it came. */
  all(): InspectionRecord[] {
    return [...this.beforeTail(), ...this.since(this.tailStart)].map(
      ({ text }) => JSON.parse(text) as InspectionRecord,
    );
  }

  /** What is remembered though the ring has dropped it, in the order in which it came. */
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

  /** Whether nothing that came after this position has left the ring. */
  reaches(position: number): boolean {
    return position >= this.tailStart && position <= this.#position;
  }

  /** What came after this position and is still in the ring: at most so many characters, but one record at least. */
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
    const { endpoint: key, seq, type } = record;
    const memory = this.#endpoints.get(key);
    if (memory === undefined) {
      return type === 'endpoint' && !this.#ended.has(key) ? this.#meet(record) : undefined;
    }
    if (memory.state === 'lost') return type === 'endpoint' ? memory : undefined;
    const isNew = isLoss(record) || seq > memory.lastSeq;
    return memory.state === 'open' && isNew ? memory : undefined;
  }

  #meet(opened: RecordOf<'endpoint'>): EndpointMemory {
    const memory: EndpointMemory = {
      opened,
      state: 'open',
      lastSeq: opened.seq,
      lastPosition: 0,
      endpoint: { position: 0, text: '' },
      ending: undefined,
      counts: undefined,
      peers: new Map(),
      living: new Living(),
    };
    this.#endpoints.set(opened.endpoint, memory);
    return memory;
  }

  #note(memory: EndpointMemory, record: InspectionRecord, kept: KeptRecord): void {
    // Whoever noticed the loss has no numbers of the endpoint's to give.
    if (!isLoss(record)) memory.lastSeq = Math.max(memory.lastSeq, record.seq);
    memory.lastPosition = kept.position;
    switch (record.type) {
      case 'endpoint':
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
        memory.counts = kept;
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

function rememberedOf({ endpoint, ending, counts, peers, living }: EndpointMemory): KeptRecord[] {
  const latest = [endpoint, counts, ending].filter((kept) => kept !== undefined);
  return [...latest, ...peers.values(), ...living.records()];
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

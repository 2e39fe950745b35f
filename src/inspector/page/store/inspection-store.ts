/**
 * Inspection store: everything the page knows. Records go in; endpoints, peers, calls, handlers,
 * transactions and frames come out. Limits bound it: what has ended is removed first, the oldest
 * first, and what was removed is counted.
 */
import { Fifo } from '../../fifo.js';
import type { InspectionRecord, RecordOf } from '../../record.js';
import { Aliases } from './aliases.js';
import { EndpointState, PeerState } from './endpoint-state.js';
import { Names } from './names.js';
import { Recent } from './recent.js';
import { addStep } from './side-reducer.js';
import { DEFAULT_LIMITS } from './store-limits.js';
import type { StoreLimits } from './store-limits.js';
import { Tally } from './tally.js';
import type { Frame, Side, Transaction } from './transaction.js';
import { MAX_FRAMES } from './transaction.js';
import { Transactions } from './transactions.js';

export class InspectionStore {
  readonly #limits: StoreLimits;
  readonly #endpoints = new Map<string, EndpointState>();
  readonly #peers = new Map<string, PeerState>();
  readonly #actors = new Map<string, Map<number, Side>>();
  readonly #transactions: Transactions;
  readonly #living = new Set<Side>();
  readonly #ended = new Fifo<Side>();
  readonly #frames: Recent<Frame>;
  readonly #names = new Names();
  #changed = new Set<Side>();
  #sideNumber = 0;
  #frameNumber = 0;
  #evicted = 0;
  #unknownSteps = 0;
  #lastAtMs: number | undefined;

  /**
   * How many calls and handlers are in each state, by keys such as `call awaiting` and `handler
   * running`.
   */
  readonly states = new Tally();
  /** How many calls and handlers each procedure has. */
  readonly procedures = new Tally();
  /** How many calls and handlers each peer has. */
  readonly peerAddresses = new Tally();
  /** Which endpoint the address of a peer belongs to. */
  readonly aliases = new Aliases();

  constructor(limits: Partial<StoreLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#frames = new Recent(this.#limits.recentFrames);
    this.#transactions = new Transactions(this.#limits.looseTransactions);
  }

  get endpoints(): ReadonlyMap<string, EndpointState> {
    return this.#endpoints;
  }

  get peers(): PeerState[] {
    return [...this.#peers.values()];
  }

  /** How many calls and handlers are kept. */
  get size(): number {
    return this.#living.size + this.#ended.size;
  }

  /** How many calls and handlers were removed to make room. */
  get evicted(): number {
    return this.#evicted;
  }

  /** How many steps belonged to a call or handler that is not in the store. */
  get unknownSteps(): number {
    return this.#unknownSteps;
  }

  /** The time of the latest record. */
  get lastAtMs(): number | undefined {
    return this.#lastAtMs;
  }

  transaction(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  transactions(): Iterable<Transaction> {
    return this.#transactions.all();
  }

  /** The latest frames, in the order in which they came to the page. */
  recentFrames(count?: number): Frame[] {
    return this.#frames.items(count);
  }

  /**
   * The calls and handlers that were added, changed or removed since the last call of this method.
   */
  takeChanged(): ReadonlySet<Side> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /**
   * Applies a record and keeps it. Names in it are replaced by shared strings of the same content.
   */
  apply(record: InspectionRecord): void {
    if (this.#lastAtMs === undefined || record.atMs > this.#lastAtMs) this.#lastAtMs = record.atMs;
    switch (record.type) {
      case 'endpoint':
        this.#addEndpoint(record);
        break;
      case 'endpoint.closed':
        this.#closeEndpoint(record);
        break;
      case 'call':
      case 'notification':
      case 'handler':
        this.#addSide(record);
        break;
      case 'step':
        this.#addStep(record);
        break;
      case 'datagram':
        this.#addDatagram(record);
        break;
      case 'peer':
        this.#peer(record.endpoint, record.peer).records.add(record);
        break;
      case 'counts':
        this.#endpoints.get(record.endpoint)?.counts.add(record);
        break;
    }
  }

  #addEndpoint(record: RecordOf<'endpoint'>): void {
    const known = this.#endpoints.get(record.endpoint);
    if (known !== undefined) {
      known.record = record;
      known.closed = undefined;
      return;
    }
    this.#endpoints.set(record.endpoint, new EndpointState(record));
    if (this.#endpoints.size <= this.#limits.endpoints) return;
    const endpoints = [...this.#endpoints];
    const [oldest] = endpoints.find(([, { closed }]) => closed !== undefined) ?? endpoints[0] ?? [];
    if (oldest !== undefined) this.#endpoints.delete(oldest);
  }

  #closeEndpoint(record: RecordOf<'endpoint.closed'>): void {
    const endpoint = this.#endpoints.get(record.endpoint);
    if (endpoint !== undefined) endpoint.closed = record;
    for (const side of this.#actors.get(record.endpoint)?.values() ?? []) {
      if (!this.#living.has(side)) continue;
      side.note = record.lost === true ? 'its feed broke off' : 'its endpoint closed';
      side.endedAtMs = record.atMs;
      this.#end(side);
      this.#changed.add(side);
    }
  }

  #addSide(record: Side['record']): void {
    const actors = this.#actorsOf(record.endpoint);
    const known = actors.get(record.actor);
    if (known?.record.transactionId === record.transactionId) return;
    const transaction = this.#transactions.of(record.transactionId);
    record.peer = this.#names.of(record.peer);
    record.procedure = this.#names.of(record.procedure);
    record.endpoint = this.#names.of(record.endpoint);
    const side: Side = {
      number: this.#sideNumber,
      kind: record.type,
      record,
      transaction,
      endpointName: this.#endpoints.get(record.endpoint)?.name ?? record.endpoint,
      steps: [],
      stepsDropped: 0,
      state: this.#initialState(record),
      final: false,
      attempts: record.type === 'handler' ? record.attempt : 0,
      elapsedMs: undefined,
      note: '',
      lateByMs: undefined,
      endedAtMs: undefined,
      gone: false,
    };
    this.#sideNumber += 1;
    transaction.sides.push(side);
    this.aliases.learnFrom(transaction.sides);
    actors.set(record.actor, side);
    this.#living.add(side);
    this.#changed.add(side);
    this.states.add(`${side.kind} ${side.state}`);
    this.procedures.add(record.procedure);
    this.peerAddresses.add(record.peer);
    if (this.size > this.#limits.sides) this.#evict();
  }

  #initialState({ type, endpoint }: Side['record']): string {
    const chart = this.#endpoints.get(endpoint)?.record.charts[type];
    return chart?.initial ?? (type === 'handler' ? 'received' : 'queued');
  }

  #addStep(step: RecordOf<'step'>): void {
    const side = this.#actors.get(step.endpoint)?.get(step.actor);
    if (side === undefined) {
      this.#unknownSteps += 1;
      return;
    }
    const { state, elapsedMs } = side;
    step.event = this.#names.of(step.event);
    step.state = this.#names.of(step.state);
    step.endpoint = side.record.endpoint;
    addStep(side, step);
    if (side.state !== state) {
      this.states.add(`${side.kind} ${state}`, -1);
      this.states.add(`${side.kind} ${side.state}`);
    }
    if (side.kind === 'call' && side.elapsedMs !== undefined && side.elapsedMs !== elapsedMs) {
      const peer = this.#peer(step.endpoint, side.record.peer);
      peer.roundTrips.add({ atMs: step.atMs, ms: side.elapsedMs });
    }
    if (side.final) this.#end(side);
    this.#changed.add(side);
  }

  #addDatagram(datagram: RecordOf<'datagram'>): void {
    datagram.endpoint = this.#names.of(datagram.endpoint);
    datagram.peer = this.#names.of(datagram.peer);
    for (const { type, transactionId, base64, fate, masked } of datagram.frames) {
      const transaction =
        transactionId === undefined ? undefined : this.#transactions.of(transactionId);
      const frame: Frame = {
        number: this.#frameNumber,
        datagram,
        endpoint: datagram.endpoint,
        peer: datagram.peer,
        direction: datagram.direction,
        atMs: datagram.atMs,
        type: type === undefined ? 'unreadable' : this.#names.of(type),
        base64,
        fate: fate === undefined ? undefined : this.#names.of(fate),
        masked: masked === true,
        transaction,
      };
      this.#frameNumber += 1;
      this.#frames.add(frame);
      if (transaction !== undefined && transaction.frames.length < MAX_FRAMES) {
        transaction.frames.push(frame);
      }
    }
  }

  #peer(endpoint: string, address: string): PeerState {
    const key = `${endpoint} ${address}`;
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const peer = new PeerState(this.#names.of(endpoint), this.#names.of(address));
    this.#peers.set(key, peer);
    if (this.#peers.size > this.#limits.peers) {
      const [oldest] = this.#peers.keys();
      if (oldest !== undefined) this.#peers.delete(oldest);
    }
    return peer;
  }

  #actorsOf(endpoint: string): Map<number, Side> {
    let actors = this.#actors.get(endpoint);
    if (actors === undefined) {
      actors = new Map();
      this.#actors.set(endpoint, actors);
    }
    return actors;
  }

  #end(side: Side): void {
    if (this.#living.delete(side)) this.#ended.push(side);
  }

  #evict(): void {
    // `#ended` is a queue, because finding the first item of a set is slow after many were removed.
    const side = this.#ended.shift() ?? this.#living.values().next().value;
    if (side === undefined) return;
    this.#living.delete(side);
    side.gone = true;
    this.#evicted += 1;
    this.#changed.add(side);
    const { transaction, record, kind, state } = side;
    const actors = this.#actors.get(record.endpoint);
    if (actors?.get(record.actor) === side) actors.delete(record.actor);
    if (actors?.size === 0) this.#actors.delete(record.endpoint);
    this.#transactions.leave(transaction, side);
    this.states.add(`${kind} ${state}`, -1);
    this.procedures.add(record.procedure, -1);
    this.peerAddresses.add(record.peer, -1);
  }
}

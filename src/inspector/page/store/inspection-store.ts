/**
 * Inspection store: everything the page knows. Records go in; endpoints, peers, calls, handlers,
 * transactions and frames come out. Limits bound it: what has ended is removed first, of the kind of
 * which there is most, the oldest first; and what was removed is counted.
 */
import { kindOfEnd, UNFINISHED } from '../../kind.js';
import { Lanes } from '../../lanes.js';
import type { InspectionRecord, RecordOf } from '../../record.js';
import { Aliases } from './aliases.js';
import { DatagramLog } from './datagram-log.js';
import type { PeerState } from './endpoint-state.js';
import { EndpointState, wordsOfEnding } from './endpoint-state.js';
import { KnownPeers } from './known-peers.js';
import { Machines } from './machines.js';
import { Names } from './names.js';
import { Recent } from './recent.js';
import { addStep } from './side-reducer.js';
import { DEFAULT_LIMITS } from './store-limits.js';
import type { StoreLimits } from './store-limits.js';
import { Tally } from './tally.js';
import type { Frame, Side, Transaction } from './transaction.js';
import { newSide } from './transaction.js';
import { Transactions } from './transactions.js';

export class InspectionStore {
  readonly #limits: StoreLimits;
  readonly #endpoints = new Map<string, EndpointState>();
  readonly #peers: KnownPeers;
  readonly #actors = new Map<string, Map<number, Side>>();
  readonly #transactions: Transactions;
  readonly #living = new Set<Side>();
  readonly #ended = new Lanes<Side>(() => 1);
  readonly #sides: Recent<Side>;
  readonly #names = new Names();
  #changed = new Set<Side>();
  #sideNumber = 0;
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
  /** Every frame that is kept. */
  readonly datagrams: DatagramLog;
  /** The users' own actors. */
  readonly machines = new Machines();

  constructor(limits: Partial<StoreLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#peers = new KnownPeers(this.#limits.peers);
    this.datagrams = new DatagramLog(this.#limits);
    this.#sides = new Recent(this.#limits.recentSides);
    this.#transactions = new Transactions(this.#limits.looseTransactions);
  }

  get endpoints(): ReadonlyMap<string, EndpointState> {
    return this.#endpoints;
  }

  /** Those that were used last are at the end. */
  get peers(): PeerState[] {
    return this.#peers.all();
  }

  /** @param key the key of its endpoint and its address, with a space between */
  peer(key: string): PeerState | undefined {
    return this.#peers.get(key);
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

  /** The calls and handlers that have not ended. */
  living(): Iterable<Side> {
    return this.#living;
  }

  /** The call or handler with this number, if the endpoint has one here. */
  sideOf(endpoint: string, actor: number): Side | undefined {
    return this.#actors.get(endpoint)?.get(actor);
  }

  /** Ends a call or handler whose end nobody saw. `note` says why, in words. */
  endUnseen(side: Side, note: string, atMs: number): void {
    if (!this.#living.has(side)) return;
    side.note = note;
    side.endedAtMs = atMs;
    this.#end(side, UNFINISHED);
    this.#changed.add(side);
  }

  transaction(id: string): Transaction | undefined {
    return this.#transactions.get(id);
  }

  transactions(): Iterable<Transaction> {
    return this.#transactions.all();
  }

  /** The latest calls and handlers, in the order in which they came; some may be removed. */
  recentSides(): Side[] {
    return this.#sides.items();
  }

  /** The latest frames, in the order in which they came to the page. */
  recentFrames(count?: number): Frame[] {
    return this.datagrams.latest(count);
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
        this.datagrams.add(record, this.#names, this.#transactions);
        break;
      case 'peer':
        this.#peers.told(record);
        break;
      case 'counts':
        this.#endpoints.get(record.endpoint)?.counts.add(record);
        break;
      case 'failures':
        this.#endpoints.get(record.endpoint)?.addFailures(record);
        break;
      default:
        this.machines.apply(record);
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
    this.machines.closed(record);
    for (const side of this.#actors.get(record.endpoint)?.values() ?? []) {
      this.endUnseen(side, wordsOfEnding(record), record.atMs);
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
    const endpointName = this.#endpoints.get(record.endpoint)?.name ?? record.endpoint;
    const state = this.#initialState(record);
    const side = newSide(this.#sideNumber, { record, endpointName, transaction, state });
    this.#sideNumber += 1;
    this.#sides.add(side);
    transaction.sides.push(side);
    this.aliases.learnFrom(transaction.sides);
    actors.set(record.actor, side);
    this.#living.add(side);
    this.#changed.add(side);
    this.machines.added(side);
    this.states.add(`${side.kind} ${side.state}`);
    this.procedures.add(record.procedure);
    this.peerAddresses.add(record.peer);
    if (record.type === 'handler') this.#peers.asked(record, this.#endpoints);
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
    const { state, final } = side;
    step.event = this.#names.of(step.event);
    step.state = this.#names.of(step.state);
    step.endpoint = side.record.endpoint;
    addStep(side, step);
    if (side.state !== state) {
      this.states.add(`${side.kind} ${state}`, -1);
      this.states.add(`${side.kind} ${side.state}`);
    }
    if (!final) this.#peers.stepped(side, step, this.#endpoints);
    if (side.final) this.#end(side, kindOfEnd(side.kind, step));
    this.#changed.add(side);
  }

  #actorsOf(endpoint: string): Map<number, Side> {
    let actors = this.#actors.get(endpoint);
    if (actors === undefined) {
      actors = new Map();
      this.#actors.set(endpoint, actors);
    }
    return actors;
  }

  #end(side: Side, kind: string): void {
    if (this.#living.delete(side)) this.#ended.add(kind, side);
  }

  #evict(): void {
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
    this.machines.removed(side);
    this.states.add(`${kind} ${state}`, -1);
    this.procedures.add(record.procedure, -1);
    this.peerAddresses.add(record.peer, -1);
  }
}

/**
 * Diagnosis evidence: what the records tell about each party, without judgement. It is taken from
 * records alone.
 */
import { FrameEvidence } from './diagnosis-frames.js';
import type { FrameEdge } from './diagnosis-frames.js';
import { Pair, PartyEvidence } from './diagnosis-party.js';
import type { InspectionStore } from './inspection-store.js';
import type { Parties, Party } from './parties.js';
import { codeOf, outcomeDetails, outcomeOf, settledAtMs, troubleOf } from './settled.js';
import { timedOut } from './side-reducer.js';
import type { TimeRange } from './time-range.js';
import { reachesInto } from './time-range.js';
import type { Side, Transaction } from './transaction.js';

export interface Evidence {
  readonly timeRange: TimeRange;
  readonly parties: ReadonlyMap<Party, PartyEvidence>;
  /** Who called whom. */
  readonly pairs: readonly Pair[];
  /** Who sent frames to whom. */
  readonly frames: readonly FrameEdge[];
}

/** The most parties that are looked at; then calls of further ones are left out. */
const MAX_PARTIES = 4_000;

/** After how many transactions others may have the processor. */
const TRANSACTIONS_A_STEP = 16;

/** Gathers the evidence of this time, step by step, so that its maker can stop between two frames. */
export function* evidenceOf(
  store: InspectionStore,
  parties: Parties,
  timeRange: TimeRange,
): Generator<void, Evidence> {
  const gathering = new Gathering(store, parties, timeRange);
  let left = TRANSACTIONS_A_STEP;
  for (const transaction of store.transactions()) {
    gathering.look(transaction);
    left -= 1;
    if (left > 0) continue;
    left = TRANSACTIONS_A_STEP;
    yield;
  }
  return gathering.end();
}

class Gathering {
  readonly #store: InspectionStore;
  readonly #parties: Parties;
  readonly #timeRange: TimeRange;
  /** The time of the records, which may be after the range. */
  readonly #nowMs: number;
  /** Bounded by `MAX_PARTIES`, and the endpoints. */
  readonly #evidence = new Map<Party, PartyEvidence>();
  readonly #pairs: Pair[] = [];
  readonly #frames: FrameEvidence;

  constructor(store: InspectionStore, parties: Parties, timeRange: TimeRange) {
    this.#store = store;
    this.#parties = parties;
    this.#timeRange = timeRange;
    this.#nowMs = store.lastAtMs ?? timeRange.toMs;
    this.#frames = new FrameEvidence(store, parties, this.#nowMs);
  }

  look(transaction: Transaction): void {
    const { sides } = transaction;
    const isMeant = sides.some((side) =>
      reachesInto(this.#timeRange, side.record.atMs, settledAtMs(side)),
    );
    if (!isMeant) return;
    const call = sides.find(({ kind }) => kind === 'call');
    const handler = sides.find(({ kind }) => kind === 'handler');
    if (call !== undefined) this.#lookAtCall(call, handler);
    if (handler !== undefined) this.#lookAtHandler(handler);
    this.#frames.look(transaction);
  }

  end(): Evidence {
    for (const { endpoint, address, latest } of this.#store.peers) {
      const caller = this.#parties.ofEndpoint(endpoint);
      if (caller === undefined || latest === undefined) continue;
      const pair = this.#evidence.get(caller)?.calls.get(this.#parties.at(endpoint, address));
      if (pair === undefined) continue;
      pair.windowLimit = latest.windowLimit;
      pair.native = latest.native;
    }
    for (const { record } of this.#store.endpoints.values()) {
      const party = this.#parties.ofEndpoint(record.endpoint);
      if (party !== undefined) this.#of(party);
    }
    return {
      timeRange: this.#timeRange,
      parties: this.#evidence,
      pairs: this.#pairs,
      frames: this.#frames.edges,
    };
  }

  #lookAtCall(call: Side, handler: Side | undefined): void {
    const { record, steps } = call;
    const from = this.#parties.ofEndpoint(record.endpoint);
    if (from === undefined) return;
    const to = this.#parties.at(record.endpoint, record.peer);
    if (this.#evidence.size >= MAX_PARTIES && !this.#evidence.has(to)) return;
    const caller = this.#of(from);
    const asked = this.#of(to);
    const trouble = troubleOf(call);
    this.#pair(caller, asked).add(outcomeOf(call), trouble, call);
    if (trouble !== undefined) asked.addFailure(record.atMs, settledAtMs(call) ?? record.atMs);
    const sent = steps.find(({ event }) => event === 'transmitted');
    if (sent !== undefined) caller.addWait(sent.atMs - record.atMs);
    const details = outcomeDetails(call);
    const elsewhere = details?.['answeredFrom'];
    if (typeof elsewhere === 'string') asked.addAnswerFrom(elsewhere);
    if (keptHeaders(details)) asked.headersKept += 1;
    if (handler === undefined || record.type !== 'call' || !timedOut(call)) return;
    if (this.#ranMs(handler) >= record.timeoutMs / 2) asked.addOverrun(record.atMs);
  }

  #lookAtHandler(handler: Side): void {
    const { record, state } = handler;
    const party = this.#parties.ofEndpoint(record.endpoint);
    if (party === undefined || state === 'refused' || state === 'received') return;
    this.#of(party).addRun(record.procedure, record.atMs, this.#ranMs(handler));
  }

  /** How long a procedure ran, or has run by now. */
  #ranMs({ elapsedMs, endedAtMs, record }: Side): number {
    return elapsedMs ?? (endedAtMs ?? this.#nowMs) - record.atMs;
  }

  #pair(caller: PartyEvidence, asked: PartyEvidence): Pair {
    let pair = caller.calls.get(asked.party);
    if (pair === undefined) {
      pair = new Pair(caller.party, asked.party);
      this.#pairs.push(pair);
      caller.calls.set(asked.party, pair);
      asked.callers.set(caller.party, pair);
    }
    return pair;
  }

  #of(party: Party): PartyEvidence {
    let evidence = this.#evidence.get(party);
    if (evidence === undefined) {
      evidence = new PartyEvidence(party);
      this.#evidence.set(party, evidence);
    }
    return evidence;
  }
}

/** Whether the call had headers and was not sent, because only rpcudp endpoints are sent headers. */
function keptHeaders(details: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    codeOf(details?.['error']) === 'ERR_RPCUDP_OLD_PEER' ||
    details?.['verdict'] === 'probeUnanswered'
  );
}

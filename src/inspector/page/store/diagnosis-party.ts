/** Diagnosis party: what the records tell about one party. */
import type { OutcomeState } from '../../../api/call-state.js';
import type { Party } from './parties.js';
import { Spread } from './spread.js';
import type { Side } from './transaction.js';

/** The most numbers that are kept for a median; then what comes is left out. */
const MAX_NUMBERS = 1_000;
/** The most procedures, reasons and addresses that are told apart. */
const MAX_NAMES = 64;

/** The calls of one party to another. */
export class Pair {
  readonly from: Party;
  readonly to: Party;
  made = 0;
  resolved = 0;
  /** How many failed, or were sent more than once. */
  disturbed = 0;
  /** How many ended. Those that their callers cancelled are not counted. */
  ended = 0;
  failed = 0;
  readonly failedAt = new Spread();
  /** How many failed for each reason. */
  readonly reasons = new Map<string, number>();
  /** How many may be in flight; undefined if the caller did not tell it. */
  windowLimit: number | undefined;
  /** Whether the caller knows it as an rpcudp endpoint; undefined if the caller did not tell it. */
  native: boolean | undefined;

  constructor(from: Party, to: Party) {
    this.from = from;
    this.to = to;
  }

  /** @param trouble why it failed; undefined if both ends worked as they should */
  add(
    outcome: OutcomeState | undefined,
    trouble: string | undefined,
    { record, attempts }: Side,
  ): void {
    this.made += 1;
    if (outcome === 'resolved') this.resolved += 1;
    if (trouble !== undefined || attempts > 1) this.disturbed += 1;
    if (outcome === undefined || outcome === 'cancelled') return;
    this.ended += 1;
    if (trouble === undefined) return;
    this.failed += 1;
    this.failedAt.add(record.atMs);
    count(this.reasons, trouble);
  }
}

/** How long a procedure ran, and when. */
export interface Runs {
  readonly times: number[];
  readonly at: Spread;
}

export class PartyEvidence {
  readonly party: Party;
  /** Its calls, by whom it called. */
  readonly calls = new Map<Party, Pair>();
  /** The calls to it, by who called. */
  readonly callers = new Map<Party, Pair>();
  /** When calls to it failed: from the call to its end. */
  readonly failures: { readonly fromMs: number; readonly toMs: number }[] = [];
  /** How many of the calls to it were answered from each address that was not asked. */
  readonly answersFrom = new Map<string, number>();
  /** How long its procedures ran, by their names. */
  readonly runs = new Map<string, Runs>();
  /** How long its calls waited before they were sent. */
  readonly waits: number[] = [];
  /** How many calls to it timed out after its procedure had run for half of the time or longer. */
  overran = 0;
  readonly overranAt = new Spread();
  /** How many calls it did not get because they had headers, which only rpcudp endpoints are sent. */
  headersKept = 0;

  constructor(party: Party) {
    this.party = party;
  }

  /** How many calls to it failed. */
  get failed(): number {
    return [...this.callers.values()].reduce((sum, pair) => sum + pair.failed, 0);
  }

  addFailure(fromMs: number, toMs: number): void {
    if (this.failures.length < MAX_NUMBERS) this.failures.push({ fromMs, toMs });
  }

  addAnswerFrom(address: string): void {
    count(this.answersFrom, address);
  }

  addRun(procedure: string, atMs: number, ms: number): void {
    let runs = this.runs.get(procedure);
    if (runs === undefined) {
      if (this.runs.size >= MAX_NAMES) return;
      runs = { times: [], at: new Spread() };
      this.runs.set(procedure, runs);
    }
    runs.at.add(atMs);
    if (runs.times.length < MAX_NUMBERS) runs.times.push(ms);
  }

  addOverrun(atMs: number): void {
    this.overran += 1;
    this.overranAt.add(atMs);
  }

  addWait(ms: number): void {
    if (this.waits.length < MAX_NUMBERS) this.waits.push(ms);
  }
}

function count(counts: Map<string, number>, name: string): void {
  const before = counts.get(name);
  if (before !== undefined || counts.size < MAX_NAMES) counts.set(name, (before ?? 0) + 1);
}

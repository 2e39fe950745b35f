/**
 * Overview: rates, failures and times of all calls over time, by procedure and by peer. What is
 * counted is taken from what the endpoints count; times, and whatever a search chooses, from the
 * calls that are kept.
 */
import type { OutcomeCounts } from '../../../api/call-state.js';
import { noOutcomes, OUTCOME_STATES } from '../../../api/call-state.js';
import { Durations } from './durations.js';
import type { EndpointState } from './endpoint-state.js';
import type { InspectionStore } from './inspection-store.js';
import { Bins } from './overview-bins.js';
import type { Parties, Party } from './parties.js';
import { isFailure, outcomeOf, settledAtMs } from './settled.js';
import type { TimeRange } from './time-range.js';
import { isIn, reachesInto } from './time-range.js';
import type { Side } from './transaction.js';

/** Which calls an overview is about. */
export interface OverviewChoice {
  /** The time of the plots. */
  readonly span: TimeRange;
  readonly goesOn: boolean;
  /** The part of it that the tables are about. */
  readonly timeRange: TimeRange | undefined;
  /** The keys of endpoints whose calls are meant; if empty, all. */
  readonly picked: ReadonlySet<string>;
  /** A search. Without one, the counts of the endpoints are used. */
  readonly passes: ((side: Side) => boolean) | undefined;
}

/** The calls of a procedure, or those to a peer. */
export class Group {
  /** How many have an outcome. */
  calls = 0;
  failed = 0;
  readonly durations = new Durations();

  get failedShare(): number {
    return this.calls === 0 ? 0 : this.failed / this.calls;
  }
}

export interface Overview {
  readonly bins: Bins;
  /** Whether outcomes are counted by the endpoints, and not only of the calls that are kept. */
  readonly counted: boolean;
  /** How the calls of the range, or of the whole span, ended. */
  readonly outcomes: OutcomeCounts;
  /** How many kept calls the tables are about. */
  readonly kept: number;
  /** The busiest first. */
  readonly procedures: readonly (readonly [name: string, group: Group])[];
  /** The worst first: more failures are worse; where none fails, slower answers are. */
  readonly peers: readonly (readonly [party: Party, group: Group])[];
}

/** Beyond this many, further procedures and peers are not told apart: they are `OTHERS`. */
const MAX_GROUPS = 1_000;
const OTHER_PROCEDURES = 'other procedures';
const OTHER_PEERS: Party = { name: 'other peers', address: '', endpoints: [] };

/** After how many transactions others may have the processor. */
const TRANSACTIONS_A_STEP = 32;

/** Makes an overview step by step, so that its maker can stop between two frames. */
export function* overviewOf(
  store: InspectionStore,
  parties: Parties,
  choice: OverviewChoice,
): Generator<void, Overview> {
  const { span, goesOn, timeRange, picked, passes } = choice;
  const isPicked = (key: string) => picked.size === 0 || picked.has(key);
  const bins = new Bins(span, goesOn);
  const procedures = new Map<string, Group>();
  const peers = new Map<Party, Group>();
  let kept = 0;
  let left = TRANSACTIONS_A_STEP;
  for (const { sides } of store.transactions()) {
    for (const side of sides) {
      const { record, kind, elapsedMs } = side;
      if (kind !== 'call' || !isPicked(record.endpoint) || passes?.(side) === false) continue;
      const outcome = outcomeOf(side);
      const atMs = settledAtMs(side) ?? Infinity;
      if (outcome === undefined) continue;
      const answeredMs = outcome === 'timedOut' ? undefined : elapsedMs;
      const bin = bins.at(atMs);
      if (bin !== undefined && answeredMs !== undefined) bin.durations.add(answeredMs);
      if (bin !== undefined && passes !== undefined) bin.outcomes[outcome] += 1;
      if (!reachesInto(timeRange ?? span, record.atMs, atMs)) continue;
      kept += 1;
      const party = parties.at(record.endpoint, record.peer);
      for (const group of [
        groupOf(procedures, record.procedure, OTHER_PROCEDURES),
        groupOf(peers, party, OTHER_PEERS),
      ]) {
        group.calls += 1;
        if (isFailure(outcome)) group.failed += 1;
        if (answeredMs !== undefined) group.durations.add(answeredMs);
      }
    }
    left -= 1;
    if (left > 0) continue;
    left = TRANSACTIONS_A_STEP;
    yield;
  }
  if (passes === undefined) {
    for (const [key, { counts }] of store.endpoints) {
      if (isPicked(key)) bins.addCounted(counts.points);
    }
  }
  const outcomes = sumOf(bins, timeRange);
  return {
    bins,
    counted: passes === undefined,
    outcomes,
    kept,
    procedures: [...procedures].sort(([, a], [, b]) => b.calls - a.calls),
    peers: worstFirst(peers),
  };
}

function worstFirst(peers: ReadonlyMap<Party, Group>): [Party, Group][] {
  const slowness = new Map<Group, number>();
  for (const group of peers.values()) slowness.set(group, group.durations.quantile(0.95) ?? 0);
  return [...peers].sort(
    ([, a], [, b]) => b.failed - a.failed || (slowness.get(b) ?? 0) - (slowness.get(a) ?? 0),
  );
}

function groupOf<Name>(groups: Map<Name, Group>, name: Name, others: Name): Group {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const shown = groups.size < MAX_GROUPS ? name : others;
  const group = groups.get(shown) ?? new Group();
  groups.set(shown, group);
  return group;
}

function sumOf({ all }: Bins, timeRange: TimeRange | undefined): OutcomeCounts {
  const sums = noOutcomes();
  for (const { fromMs, outcomes } of all) {
    if (!isIn(timeRange, fromMs)) continue;
    for (const state of OUTCOME_STATES) sums[state] += outcomes[state];
  }
  return sums;
}

/** The most time that is shown of what lives. */
const MAX_LIVE_MS = 15 * 60_000;
/** What was counted or answered by now is here after this time. */
const UNDERWAY_MS = 700;

/** The time that there is to show; undefined if no endpoint has told its counts. */
export function spanOf(
  endpoints: Iterable<EndpointState>,
  nowMs: number,
  goesOn: boolean,
): TimeRange | undefined {
  const begins = [...endpoints].flatMap(({ counts }) => counts.points[0]?.atMs ?? []);
  if (begins.length === 0) return undefined;
  const fromMs = Math.min(...begins);
  if (!goesOn) return { fromMs, toMs: nowMs + 1 };
  return { fromMs: Math.max(fromMs, nowMs - MAX_LIVE_MS), toMs: nowMs - UNDERWAY_MS };
}

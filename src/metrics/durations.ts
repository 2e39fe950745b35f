/**
 * Durations: how many calls and requests took how long, in the classes of a Prometheus histogram.
 * They are counted here, at a twentieth of what `observe` of prom-client takes, because a call
 * takes a few microseconds. What the registry gets are the counts.
 */
import type { Outcome } from '../api/outcome.js';
import type { RequestEnding } from '../api/request-ending.js';
import type { Meter } from '../engine/meters.js';

/** The upper bounds of the classes in seconds, from a call on one machine to a time-out. */
export const BOUNDS_SECONDS: readonly number[] = [
  ...[0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025],
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

const MS_PER_SECOND = 1_000;
const BOUNDS_MS = BOUNDS_SECONDS.map((bound) => bound * MS_PER_SECOND);

/** How many durations fell into each class, and their sum. */
export class Distribution {
  /** By class. What is longer than the last bound is only in `count`. */
  readonly inClass: number[] = BOUNDS_MS.map(() => 0);
  count = 0;
  sumMs = 0;

  add(durationMs: number): void {
    this.count += 1;
    this.sumMs += durationMs;
    const index = BOUNDS_MS.findIndex((boundMs) => durationMs <= boundMs);
    if (index !== -1) this.inClass[index] = (this.inClass[index] ?? 0) + 1;
  }
}

/** Distributions by procedure, and by how the call or request ended. */
export type DurationTable = Map<string, Map<string, Distribution>>;

export class Durations implements Meter {
  /** Bounded by the names that meters get, 64 and one for the others, and by the outcomes. */
  readonly calls: DurationTable = new Map();
  /** Bounded by the procedures that the endpoint offers, and by the endings. */
  readonly requests: DurationTable = new Map();

  callSettled(procedure: string, { state }: Outcome, durationMs: number): void {
    distributionIn(this.calls, procedure, state).add(durationMs);
  }

  requestSettled(
    procedure: string | undefined,
    ending: RequestEnding,
    durationMs: number | undefined,
  ): void {
    if (procedure === undefined || durationMs === undefined) return;
    distributionIn(this.requests, procedure, ending).add(durationMs);
  }
}

function distributionIn(table: DurationTable, procedure: string, word: string): Distribution {
  let ofProcedure = table.get(procedure);
  if (ofProcedure === undefined)
    table.set(procedure, (ofProcedure = new Map<string, Distribution>()));
  let distribution = ofProcedure.get(word);
  if (distribution === undefined) ofProcedure.set(word, (distribution = new Distribution()));
  return distribution;
}

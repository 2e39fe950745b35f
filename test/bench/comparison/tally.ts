/** Tally: the results of turns as sums, which can be added, and per call, which can be compared. */
import { ascending, quantile } from './statistics.js';

export interface Tally {
  /** How many calls ended, failed ones included. */
  readonly calls: number;
  readonly failed: number;
  readonly elapsedMs: number;
  readonly clientMicros: number;
  readonly serverMicros: number;
  /** The latency of each call, with 1 in flight; otherwise empty. */
  readonly latenciesMs: readonly number[];
}

/** The cost of turns. The rates count answered calls only. */
export interface Sample {
  readonly callsPerSecond: number;
  readonly clientMicrosPerCall: number;
  readonly serverMicrosPerCall: number;
  /** Latencies with 1 in flight; otherwise NaN. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly calls: number;
  readonly failed: number;
}

/** Adds several turns, as if they were one. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = (value: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + value(tally), 0);
  return {
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    elapsedMs: sum(({ elapsedMs }) => elapsedMs),
    clientMicros: sum(({ clientMicros }) => clientMicros),
    serverMicros: sum(({ serverMicros }) => serverMicros),
    latenciesMs: tallies.flatMap(({ latenciesMs }) => latenciesMs),
  };
}

/** @throws Error that names the contestant, when no call was answered. */
export function sampleOf(name: string, tally: Tally): Sample {
  const { calls, failed, elapsedMs, clientMicros, serverMicros } = tally;
  const answered = calls - failed;
  if (answered === 0) throw new Error(`${name}: none of ${calls} calls was answered`);
  const latenciesMs = ascending(tally.latenciesMs);
  return {
    callsPerSecond: (answered / elapsedMs) * 1_000,
    clientMicrosPerCall: clientMicros / answered,
    serverMicrosPerCall: serverMicros / answered,
    p50Micros: quantile(latenciesMs, 0.5) * 1_000,
    p99Micros: quantile(latenciesMs, 0.99) * 1_000,
    calls,
    failed,
  };
}

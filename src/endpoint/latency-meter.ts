/** Latency meter: measures how long calls and requests take, for `endpoint.stats()`. */
import type { Latencies, Latency } from '../api/latencies.js';
import type { Outcome } from '../api/outcome.js';
import type { RequestEnding } from '../api/request-ending.js';
import type { Meter } from '../engine/meters.js';
import type { DurationHistogram } from '../time/histogram.js';

export class LatencyMeter implements Meter {
  /** Bounded by the names that meters get: 64, and one for the others. */
  readonly #calls = new Map<string, DurationHistogram>();
  /** Bounded by the procedures that the endpoint offers. */
  readonly #requests = new Map<string, DurationHistogram>();

  readonly #makeHistogram: () => DurationHistogram;

  constructor(makeHistogram: () => DurationHistogram) {
    this.#makeHistogram = makeHistogram;
  }

  get latencies(): Latencies {
    return { calls: latenciesOf(this.#calls), requests: latenciesOf(this.#requests) };
  }

  callSettled(procedure: string, { state }: Outcome, durationMs: number): void {
    if (state === 'resolved' || state === 'rejected') {
      this.#record(this.#calls, procedure, durationMs);
    }
  }

  requestSettled(
    procedure: string | undefined,
    _: RequestEnding,
    durationMs: number | undefined,
  ): void {
    if (procedure === undefined || durationMs === undefined) return;
    this.#record(this.#requests, procedure, durationMs);
  }

  #record(histograms: Map<string, DurationHistogram>, procedure: string, durationMs: number): void {
    let histogram = histograms.get(procedure);
    if (histogram === undefined) histograms.set(procedure, (histogram = this.#makeHistogram()));
    histogram.record(durationMs);
  }
}

function latenciesOf(
  histograms: ReadonlyMap<string, DurationHistogram>,
): Readonly<Record<string, Latency>> {
  // Defines the properties, so that a procedure may have any name.
  return Object.fromEntries(
    [...histograms].map(([procedure, histogram]) => [procedure, latencyOf(histogram)]),
  );
}

function latencyOf(histogram: DurationHistogram): Latency {
  const { count, minMs, meanMs, maxMs } = histogram;
  return {
    count,
    minMs,
    meanMs,
    p50Ms: histogram.percentileMs(50),
    p90Ms: histogram.percentileMs(90),
    p99Ms: histogram.percentileMs(99),
    p999Ms: histogram.percentileMs(99.9),
    maxMs,
  };
}

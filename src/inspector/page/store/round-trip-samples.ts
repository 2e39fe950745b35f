/** Round-trip samples: what is known of the round-trip times of a peer, by time. */
import type { PeerState } from './endpoint-state.js';

export interface RoundTripSample {
  readonly atMs: number;
  /** The round trip of a call; null if the sample is none. */
  readonly ms: number | null;
  /** The peer's smoothed round-trip time; null if the sample is a call's. */
  readonly smoothed: number | null;
}

/** The oldest first. */
export function roundTripSamples({ records, roundTrips }: PeerState): RoundTripSample[] {
  const calls = roundTrips.items().map(({ atMs, ms }) => ({ atMs, ms, smoothed: null }));
  const told = records
    .items()
    .filter(({ roundTripMs }) => roundTripMs !== null)
    .map(({ atMs, roundTripMs }) => ({ atMs, ms: null, smoothed: roundTripMs }));
  return [...calls, ...told].sort((a, b) => a.atMs - b.atMs);
}

/** Whether the samples are of more than one moment, and so have an axis of time. */
export function hasSpan(samples: readonly RoundTripSample[]): boolean {
  const [first] = samples;
  const last = samples.at(-1);
  return first !== undefined && last !== undefined && last.atMs > first.atMs;
}

/** Endpoint state: what the page knows of an endpoint and of its peers. */
import type { RecordOf } from '../../record.js';
import { CountHistory } from './count-history.js';
import { Recent } from './recent.js';

/**
 * `live`: its records arrive. `draining` and `closing`: they do, and it is about to end. `closed`: it
 * closed. `lost`: its feed broke off. `recorded`: a recording ended. `stale`: it was open when it was
 * last heard of, but nothing is heard at present.
 */
export type EndpointCondition =
  'live' | 'draining' | 'closing' | 'closed' | 'lost' | 'recorded' | 'stale';

/** Counts come at most four times a second, so this covers at least the last two minutes. */
const MAX_COUNTS = 480;

/** A recorder tells fewer kinds of failures. */
const MAX_FAILURES = 1_000;

/** The most points in a plot of round-trip times. */
const MAX_ROUND_TRIPS = 600;
const MAX_PEER_RECORDS = 600;

/** An endpoint that feeds the inspector, or did. */
export class EndpointState {
  record: RecordOf<'endpoint'>;
  closed: RecordOf<'endpoint.closed'> | undefined;
  readonly counts = new CountHistory(MAX_COUNTS);
  /** What went wrong so often that not all of it is shown. Bounded by `MAX_FAILURES`. */
  readonly failures = new Map<string, RecordOf<'failures'>>();

  constructor(record: RecordOf<'endpoint'>) {
    this.record = record;
  }

  /** Takes the latest number of those that failed in one way. */
  addFailures(record: RecordOf<'failures'>): void {
    const { of, state, reason, procedure, peer } = record;
    const key = JSON.stringify([of, state, reason, procedure, peer]);
    if (this.failures.size < MAX_FAILURES || this.failures.has(key)) this.failures.set(key, record);
  }

  get name(): string {
    return this.record.name;
  }

  get condition(): EndpointCondition {
    if (this.closed?.recorded === true) return 'recorded';
    if (this.closed !== undefined) return this.closed.lost === true ? 'lost' : 'closed';
    const state = this.counts.last()?.stats.state;
    return state === 'draining' || state === 'closing' ? state : 'live';
  }
}

/** What became of the calls and requests that lived when an endpoint ended. */
export function wordsOfEnding({ lost, recorded }: RecordOf<'endpoint.closed'>): string {
  if (recorded === true) return 'the recording ended';
  return lost === true ? 'its feed broke off' : 'its endpoint closed';
}

/** The round trip of an answered call. */
export interface RoundTrip {
  readonly atMs: number;
  readonly ms: number;
}

/** A peer of an endpoint. */
export class PeerState {
  readonly endpoint: string;
  readonly address: string;
  /** The records of the peer; the last one is current. */
  readonly records = new Recent<RecordOf<'peer'>>(MAX_PEER_RECORDS);
  readonly roundTrips = new Recent<RoundTrip>(MAX_ROUND_TRIPS);

  constructor(endpoint: string, address: string) {
    this.endpoint = endpoint;
    this.address = address;
  }

  get latest(): RecordOf<'peer'> | undefined {
    return this.records.last();
  }
}

/** Endpoint state: what the page knows of an endpoint and of its peers. */
import type { RecordOf } from '../../record.js';
import { CountHistory } from './count-history.js';
import { Recent } from './recent.js';
import type { Traffic } from './traffic.js';

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

/** The most points in a plot of round-trip times, and the most records of a peer. */
const MAX_POINTS = 600;
/** Those of a peer among so many that nobody looks at each. */
const MAX_POINTS_OF_MANY = 12;
const MANY = 100;

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

  /** One in this many healthy calls is shown at present. */
  get oneIn(): number {
    return this.counts.last()?.oneIn ?? 1;
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
  readonly records: Recent<RecordOf<'peer'>>;
  readonly roundTrips: Recent<RoundTrip>;
  /** What the endpoint called and notified; undefined if it did neither. */
  sent: Traffic | undefined;
  /** What the peer asked the endpoint; undefined if it asked nothing. */
  asked: Traffic | undefined;

  /** @param among how many peers there are already */
  constructor(endpoint: string, address: string, among: number) {
    this.endpoint = endpoint;
    this.address = address;
    const capacity = among < MANY ? MAX_POINTS : MAX_POINTS_OF_MANY;
    this.records = new Recent(capacity);
    this.roundTrips = new Recent(capacity);
  }

  get latest(): RecordOf<'peer'> | undefined {
    return this.records.last();
  }
}

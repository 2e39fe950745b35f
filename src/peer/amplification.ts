/**
 * Amplification limit: limits replies to addresses that may be forged. With UDP, anyone can send
 * requests with the source address of a victim. An endpoint that answers small requests with large
 * replies would amplify an attack on that victim.
 */
import type { Amplification } from '../api/endpoint-options.js';
import type { Clock } from '../time/clock.js';
import { isLoopback, networkOf } from '../address/ip.js';

/** RFC 9000, section 8.1. */
const MAX_FACTOR = 3;

const BURST_BYTES = 64 * 1024;
const REFILL_BYTES_PER_MS = (16 * 1024) / 1_000;

/** The most networks with a bucket. The least recently used one is removed to make room. */
const MAX_NETWORKS = 4_096;

/** The traffic between this endpoint and an address that is not validated. */
export interface UnvalidatedTraffic {
  bytesIn: number;
  /** Bytes of replies to this address, without those that were taken from its network's bucket. */
  bytesOut: number;
}

interface Bucket {
  bytes: number;
  filledAtMs: number;
}

export class AmplificationLimit {
  readonly #clock: Clock;
  readonly #mode: Amplification;
  #withheldReplies = 0;
  /** The buckets by network. The least recently used comes first. Bounded by `MAX_NETWORKS`. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(mode: Amplification, clock: Clock) {
    this.#mode = mode;
    this.#clock = clock;
  }

  get withheldReplies(): number {
    return this.#withheldReplies;
  }

  withheld(): void {
    this.#withheldReplies += 1;
  }

  /** Whether a reply of this size may be sent to `host`. If so, its bytes are counted. */
  admits(host: string, traffic: UnvalidatedTraffic, bytes: number): boolean {
    if (isLoopback(host)) return true;
    const allowance = MAX_FACTOR * traffic.bytesIn - traffic.bytesOut;
    const excess = Math.max(bytes - allowance, 0);
    if (excess > 0 && !this.#takeFromBucket(host, excess)) return false;
    traffic.bytesOut += bytes - excess;
    return true;
  }

  #takeFromBucket(host: string, bytes: number): boolean {
    if (this.#mode === 'strict') return false;
    const bucket = this.#bucketOf(networkOf(host));
    if (bucket.bytes < bytes) return false;
    bucket.bytes -= bytes;
    return true;
  }

  #bucketOf(network: string): Bucket {
    const nowMs = this.#clock.nowMs();
    const bucket = this.#buckets.get(network) ?? { bytes: BURST_BYTES, filledAtMs: nowMs };
    const gained = (nowMs - bucket.filledAtMs) * REFILL_BYTES_PER_MS;
    bucket.bytes = Math.min(bucket.bytes + gained, BURST_BYTES);
    bucket.filledAtMs = nowMs;
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size > MAX_NETWORKS) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}

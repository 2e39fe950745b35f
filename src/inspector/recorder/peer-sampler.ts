/**
 * Peer sampler: compares an endpoint's peers with their last records, and makes records of those
 * that have changed.
 */
import type { PeerActor } from '../../peer/actor.js';
import type { RecordOf, Unnumbered } from '../record.js';

/**
 * The most peers that one sample compares, and the most that it records. The next sample goes on
 * from there.
 */
const MAX_LOOKED_AT = 1_000;
const MAX_TOLD = 100;

type PeerRecord = Unnumbered<RecordOf<'peer'>>;
type Emit = (unnumbered: PeerRecord, atMs: number) => void;

/** The properties that a record has of a peer. */
const FACTS = [
  'peer',
  'health',
  'native',
  'inWindow',
  'windowLimit',
  'queued',
  'inFlight',
  'running',
  'roundTripMs',
] as const satisfies (keyof PeerRecord)[];

export class PeerSampler {
  readonly #emit: Emit;
  /**
   * The last record of each peer. Bounded by the endpoint's `maxPeers`, plus peers that it has
   * forgotten since.
   */
  readonly #told = new Map<PeerActor, PeerRecord>();
  /** The index of the peer to begin with. */
  #first = 0;
  /** How many peers in a row were found unchanged. */
  #unchanged = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /**
   * Records peers that have changed, up to the limit.
   *
   * @param peers all peers that the endpoint knows
   * @returns whether other peers may have changed
   */
  sample(peers: readonly PeerActor[], atMs: number): boolean {
    const allGoneTold = this.#tellForgotten(atMs);
    const { length } = peers;
    let left = MAX_TOLD;
    let lookedAt = 0;
    for (; lookedAt < Math.min(length, MAX_LOOKED_AT) && left > 0; lookedAt += 1) {
      const peer = peers[(this.#first + lookedAt) % length];
      if (peer !== undefined && this.#tellIfChanged(peer, atMs)) left -= 1;
    }
    this.#first = length === 0 ? 0 : (this.#first + lookedAt) % length;
    this.#unchanged = left === MAX_TOLD ? this.#unchanged + lookedAt : 0;
    return this.#unchanged < length || !allGoneTold;
  }

  #tellIfChanged(peer: PeerActor, atMs: number): boolean {
    const before = this.#told.get(peer);
    const record = recordOf(peer);
    if (before !== undefined && FACTS.every((fact) => before[fact] === record[fact])) return false;
    // The peer's name was resolved, so it now has another address.
    if (before !== undefined && before.peer !== record.peer) this.#tellGone(before, atMs);
    this.#told.set(peer, { ...record });
    this.#emit(record, atMs);
    return true;
  }

  /**
   * Makes a last record of each peer that the endpoint has forgotten, up to the limit. Returns
   * whether that was all.
   */
  #tellForgotten(atMs: number): boolean {
    let left = MAX_TOLD;
    for (const [peer, before] of this.#told) {
      if (!peer.forgotten) continue;
      if (left === 0) return false;
      left -= 1;
      this.#told.delete(peer);
      this.#tellGone(before, atMs);
    }
    return true;
  }

  #tellGone({ peer, native, windowLimit, roundTripMs }: PeerRecord, atMs: number): void {
    const idle = { inWindow: 0, queued: 0, inFlight: 0, running: 0 };
    const last = { peer, native, windowLimit, roundTripMs, ...idle };
    this.#emit({ type: 'peer', health: 'forgotten', ...last }, atMs);
  }
}

function recordOf(peer: PeerActor): PeerRecord {
  const { address, health, native, inWindow, windowLimit, queued, inFlight, requests } = peer;
  return {
    type: 'peer',
    peer: address,
    health,
    native,
    inWindow,
    windowLimit,
    queued,
    inFlight,
    running: requests.running,
    roundTripMs: peer.roundTripMs ?? null,
  };
}

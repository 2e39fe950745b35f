/** Looks at an endpoint's peers now and then, and makes records of those that have changed. */
import type { PeerActor } from '../../peer/actor.js';
import type { RecordOf, Unnumbered } from '../record.js';

/** So many are looked at each time, and so many told of; the others have their turn the next time. */
const MAX_LOOKED_AT = 1_000;
const MAX_TOLD = 100;

type PeerRecord = Unnumbered<RecordOf<'peer'>>;
type Emit = (unnumbered: PeerRecord, atMs: number) => void;

/** What a record says of a peer. */
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
  /** What was told last. Bounded by the endpoint's `maxPeers`, and those it forgot since. */
  readonly #told = new Map<PeerActor, PeerRecord>();
  /** With which peer to begin. */
  #first = 0;
  /** How many were looked at since one had changed. */
  #unchanged = 0;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /**
   * Tells of those that have changed, as many as may be told.
   *
   * @param peers all those that the endpoint knows
   * @returns whether others may have changed
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
    // Its name was looked up: it is known by its address from now on.
    if (before !== undefined && before.peer !== record.peer) this.#tellGone(before, atMs);
    this.#told.set(peer, { ...record });
    this.#emit(record, atMs);
    return true;
  }

  /** Those that the endpoint knows no more are told of for the last time. Gives whether these were all. */
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

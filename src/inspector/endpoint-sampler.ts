/** Looks at an endpoint's peers and counts now and then, and makes records of those that have changed. */
import type { AnyEndpoint, TappedEndpoint } from '../endpoint/endpoint.js';
import type { PeerActor } from '../peer/actor.js';
import type { RecordOf, Unnumbered } from './record.js';

/** How many peers are looked at, the latest. */
const MAX_PEERS = 1_000;
/** How many are told of at a time; the others have their turn in the next period. */
const MAX_TOLD = 100;

type Emit = (unnumbered: Unnumbered<RecordOf<'peer' | 'counts'>>, atMs: number) => void;

export class EndpointSampler {
  readonly #endpoint: AnyEndpoint;
  readonly #tapped: TappedEndpoint;
  readonly #emit: Emit;
  /** What was told last, by peer. Bounded by `MAX_PEERS`. */
  #toldOfPeers = new Map<PeerActor, string>();
  #toldCounts = '';

  constructor(endpoint: AnyEndpoint, tapped: TappedEndpoint, emit: Emit) {
    this.#endpoint = endpoint;
    this.#tapped = tapped;
    this.#emit = emit;
  }

  sample(
    procedures: RecordOf<'counts'>['procedures'],
    skipped: RecordOf<'counts'>['skipped'],
    oneIn: number,
  ): void {
    const nowMs = this.#tapped.clock.nowMs();
    this.#samplePeers(nowMs);
    const stats = this.#endpoint.stats();
    const { kernelDrops, ...counts } = stats;
    const told = JSON.stringify([counts, oneIn]);
    if (told === this.#toldCounts) return;
    this.#toldCounts = told;
    this.#emit({ type: 'counts', stats, procedures, skipped, oneIn }, nowMs);
  }

  #samplePeers(nowMs: number): void {
    const peers = this.#tapped.peers().slice(-MAX_PEERS);
    const told = new Map<PeerActor, string>();
    let left = MAX_TOLD;
    for (const peer of peers) {
      const before = this.#toldOfPeers.get(peer);
      const facts = factsOf(peer);
      const text = JSON.stringify(facts);
      if (text !== before && left > 0) {
        left -= 1;
        this.#emit({ type: 'peer', ...facts }, nowMs);
        told.set(peer, text);
      } else if (before !== undefined) told.set(peer, before);
    }
    this.#toldOfPeers = told;
  }
}

function factsOf(peer: PeerActor): Omit<Unnumbered<RecordOf<'peer'>>, 'type'> {
  const { address, health, native, inWindow, windowLimit, queued, inFlight, running } = peer;
  const roundTripMs = peer.roundTripMs ?? null;
  return {
    peer: address,
    health,
    native,
    inWindow,
    windowLimit,
    queued,
    inFlight,
    running,
    roundTripMs,
  };
}

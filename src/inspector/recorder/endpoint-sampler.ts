/**
 * Endpoint sampler: compares an endpoint's counts and peers with the last sample, and makes records
 * of changes.
 */
import type { AnyEndpoint } from '../../api/endpoint.js';
import type { TappedEndpoint } from '../../endpoint/tapped-endpoint.js';
import { PeerSampler } from './peer-sampler.js';
import type { ProcedureCounts } from './procedure-counts.js';
import type { RecordOf, Unnumbered } from '../record.js';

type Emit = (unnumbered: Unnumbered<RecordOf<'peer' | 'counts'>>, atMs: number) => void;

export class EndpointSampler {
  readonly #endpoint: AnyEndpoint;
  readonly #tapped: TappedEndpoint;
  readonly #emit: Emit;
  readonly #peers: PeerSampler;
  #told = '';

  constructor(endpoint: AnyEndpoint, tapped: TappedEndpoint, emit: Emit) {
    this.#endpoint = endpoint;
    this.#tapped = tapped;
    this.#emit = emit;
    this.#peers = new PeerSampler(emit);
  }

  /** Returns whether there may be more changes than could be recorded now. */
  sample(
    procedures: ProcedureCounts,
    skipped: RecordOf<'counts'>['skipped'],
    oneIn: number,
  ): boolean {
    const nowMs = this.#tapped.clock.nowMs();
    const hasMore = this.#peers.sample(this.#tapped.peers(), nowMs);
    // Latencies would be most of the record, and the page makes its own.
    const { latencies, ...stats } = this.#endpoint.stats();
    const text = JSON.stringify([stats, skipped, oneIn]);
    if (text === this.#told) return hasMore;
    this.#told = text;
    this.#emit({ type: 'counts', stats, procedures: procedures.busiest(), skipped, oneIn }, nowMs);
    return hasMore;
  }
}

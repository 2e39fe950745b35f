/** Known peers: the peers of all endpoints. Beyond a limit, the one that was idle longest leaves. */
import type { RecordOf } from '../../record.js';
import type { EndpointState } from './endpoint-state.js';
import { PeerState } from './endpoint-state.js';
import { pairKey } from './side-pairs.js';
import { countRequest, countStep } from './side-traffic.js';
import type { Side } from './transaction.js';

type Endpoints = ReadonlyMap<string, EndpointState>;

export class KnownPeers {
  readonly #limit: number;
  /** In the order of use. */
  readonly #peers = new Map<string, PeerState>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Those that were used last are at the end. */
  all(): PeerState[] {
    return [...this.#peers.values()];
  }

  get(key: string): PeerState | undefined {
    return this.#peers.get(key);
  }

  /** The peer that is used now. */
  of(endpoint: string, address: string): PeerState {
    const key = pairKey({ endpoint, address });
    const known = this.#peers.get(key);
    if (known !== undefined) this.#peers.delete(key);
    const peer = known ?? new PeerState(endpoint, address, this.#peers.size);
    this.#peers.set(key, peer);
    const [oldest] = this.#peers.size > this.#limit ? this.#peers.keys() : [];
    if (oldest !== undefined) this.#peers.delete(oldest);
    return peer;
  }

  /** The endpoint told of the peer. */
  told(record: RecordOf<'peer'>): void {
    const peer = this.of(record.endpoint, record.peer);
    // One string for each name is kept, whatever the number of records.
    record.endpoint = peer.endpoint;
    record.peer = peer.address;
    peer.records.add(record);
  }

  /** A request of the peer arrived. */
  asked(request: RecordOf<'handler'>, endpoints: Endpoints): void {
    const peer = this.of(request.endpoint, request.peer);
    countRequest(peer, request, endpoints.get(request.endpoint)?.oneIn ?? 1);
  }

  /** A call, a notification or a request took a step. */
  stepped(side: Side, step: RecordOf<'step'>, endpoints: Endpoints): void {
    if (side.kind === 'handler') return;
    const { endpoint, peer } = side.record;
    countStep(this.of(endpoint, peer), side, step, endpoints.get(endpoint)?.oneIn ?? 1);
  }
}

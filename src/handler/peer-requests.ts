/**
 * Peer requests: counts the requests of one peer that run. Only this class writes the counts. While
 * one runs, the peer is in use, and cannot be forgotten.
 */
import type { TransactionId } from '../wire/transaction-id.js';
import type { RunningRequest } from './known-request.js';

/** A peer that is told how often it is in use at present. */
export interface Used {
  used(): void;
  unused(): void;
}

const NONE: ReadonlyMap<TransactionId, RunningRequest> = new Map();

export class PeerRequests {
  running = 0;
  /** How many procedures run on after their deadline. */
  #overrun = 0;
  /**
   * The running requests whose procedure returned a promise. Created on demand. Bounded by
   * `maxRunningPerPeer`.
   */
  #awaited: Map<TransactionId, RunningRequest> | undefined;
  readonly #peer: Used;

  constructor(peer: Used) {
    this.#peer = peer;
  }

  /** How many procedures run, those included that run on after their deadline. */
  get slots(): number {
    return this.running + this.#overrun;
  }

  /** The requests whose procedure returned a promise. */
  get awaited(): ReadonlyMap<TransactionId, RunningRequest> {
    return this.#awaited ?? NONE;
  }

  started(): void {
    this.running += 1;
    this.#peer.used();
  }

  isAwaited(id: TransactionId, request: RunningRequest): void {
    (this.#awaited ??= new Map()).set(id, request);
  }

  stopped(id: TransactionId): void {
    this.running -= 1;
    this.#awaited?.delete(id);
    this.#peer.unused();
  }

  overran(): void {
    this.#overrun += 1;
    this.#peer.used();
  }

  overrunEnded(): void {
    this.#overrun -= 1;
    this.#peer.unused();
  }
}

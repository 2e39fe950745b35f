/**
 * What is counted of one peer's requests: those that run, and those that are remembered. The room's others say what
 * happened; nobody else writes here.
 */
import type { TransactionId } from '../wire/transaction-id.js';
import type { RunningRequest } from './known-request.js';

/** Which memory keeps a request: that of those that were run, or that of those that were refused. */
export type RequestMemory = 'replies' | 'refusals';

const NONE: ReadonlyMap<TransactionId, RunningRequest> = new Map();

export class PeerRequests {
  /** How many run. */
  running = 0;
  #replies = 0;
  #refusals = 0;
  /** Those that run and have returned a promise. Made for the first; bounded by `maxRunningPerPeer`. */
  #awaited: Map<TransactionId, RunningRequest> | undefined;

  /** How many are remembered. */
  get remembered(): number {
    return this.#replies + this.#refusals;
  }

  /** How many of those were not run: whoever was told so relies on it. */
  get refusalsRemembered(): number {
    return this.#refusals;
  }

  /** Those whose end is awaited. */
  get awaited(): ReadonlyMap<TransactionId, RunningRequest> {
    return this.#awaited ?? NONE;
  }

  /** A procedure is about to run for the peer. */
  started(): void {
    this.running += 1;
  }

  /** It has returned a promise. */
  isAwaited(id: TransactionId, request: RunningRequest): void {
    (this.#awaited ??= new Map()).set(id, request);
  }

  /** It runs no more. */
  stopped(id: TransactionId): void {
    this.running -= 1;
    this.#awaited?.delete(id);
  }

  isRemembered(memory: RequestMemory): void {
    if (memory === 'replies') this.#replies += 1;
    else this.#refusals += 1;
  }

  isForgotten(memory: RequestMemory): void {
    if (memory === 'replies') this.#replies -= 1;
    else this.#refusals -= 1;
  }
}

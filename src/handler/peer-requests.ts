/**
 * Peer requests: counts the requests of one peer that run and that are remembered. The inbox and
 * the memories in this folder report what happened. Only this class writes the counts.
 */
import type { TransactionId } from '../wire/transaction-id.js';
import type { RunningRequest } from './known-request.js';

/**
 * The memory that keeps a request: `replies` for requests that were run, `refusals` for refused
 * ones.
 */
export type RequestMemory = 'replies' | 'refusals';

const NONE: ReadonlyMap<TransactionId, RunningRequest> = new Map();

export class PeerRequests {
  /** The number of requests that run. */
  running = 0;
  #replies = 0;
  #refusals = 0;
  /**
   * The running requests whose procedure returned a promise. Created on demand. Bounded by
   * `maxRunningPerPeer`.
   */
  #awaited: Map<TransactionId, RunningRequest> | undefined;

  /** The number of requests that are remembered. */
  get remembered(): number {
    return this.#replies + this.#refusals;
  }

  /**
   * The number of remembered requests that were not run. Their callers were told so and rely on it.
   */
  get refusalsRemembered(): number {
    return this.#refusals;
  }

  /** The requests whose procedure returned a promise. */
  get awaited(): ReadonlyMap<TransactionId, RunningRequest> {
    return this.#awaited ?? NONE;
  }

  /** A procedure is about to run for this peer. */
  started(): void {
    this.running += 1;
  }

  /** The procedure has returned a promise. */
  isAwaited(id: TransactionId, request: RunningRequest): void {
    (this.#awaited ??= new Map()).set(id, request);
  }

  /** The procedure does not run any longer. */
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

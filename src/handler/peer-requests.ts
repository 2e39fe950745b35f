/**
 * Peer requests: counts the requests of one peer that run and that are remembered. The inbox and
 * the memories in this folder report what happened. Only this class writes the counts.
 */
import type { TransactionId } from '../wire/transaction-id.js';
import type { RunningRequest } from './known-request.js';

/** The memory that keeps a request: `replies` if it was run, `refusals` if it was refused. */
export type RequestMemory = 'replies' | 'refusals';

const NONE: ReadonlyMap<TransactionId, RunningRequest> = new Map();

export class PeerRequests {
  running = 0;
  /** How many procedures run on after their deadline. */
  #overrun = 0;
  #replies = 0;
  #refusals = 0;
  /**
   * The running requests whose procedure returned a promise. Created on demand. Bounded by
   * `maxRunningPerPeer`.
   */
  #awaited: Map<TransactionId, RunningRequest> | undefined;

  /** How many procedures run, those included that run on after their deadline. */
  get slots(): number {
    return this.running + this.#overrun;
  }

  get remembered(): number {
    return this.#replies + this.#refusals;
  }

  /** How many remembered requests were not run. Their callers were told so and rely on it. */
  get refusalsRemembered(): number {
    return this.#refusals;
  }

  /** The requests whose procedure returned a promise. */
  get awaited(): ReadonlyMap<TransactionId, RunningRequest> {
    return this.#awaited ?? NONE;
  }

  started(): void {
    this.running += 1;
  }

  isAwaited(id: TransactionId, request: RunningRequest): void {
    (this.#awaited ??= new Map()).set(id, request);
  }

  stopped(id: TransactionId): void {
    this.running -= 1;
    this.#awaited?.delete(id);
  }

  overran(): void {
    this.#overrun += 1;
  }

  overrunEnded(): void {
    this.#overrun -= 1;
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

/**
 * Slots: count the procedures that run, and refuse more of them than may run. A procedure holds its
 * slot until it has ended, also when its request has long been answered: the deadline of a request
 * is its caller's word, and the machine does not get faster by it.
 */
import type { Limits } from '../api/limits.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { PeerRequests } from './peer-requests.js';
import { overloaded } from './refusal.js';
import type { Refusal } from './refusal.js';

type SlotLimits = Pick<Limits, 'maxRunningHandlers' | 'maxRunningPerPeer'>;

export class Slots {
  /** Procedures whose requests wait for their end. */
  running = 0;
  /** Procedures that run on after their deadline. */
  overrun = 0;
  readonly #limits: SlotLimits;
  #closed = false;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Why no procedure may run for this peer now; undefined if one may. */
  refusal(requests: PeerRequests): Refusal | undefined {
    const { maxRunningHandlers, maxRunningPerPeer } = this.#limits;
    if (this.running + this.overrun >= maxRunningHandlers) {
      return overloaded('maxRunningHandlers', maxRunningHandlers);
    }
    if (requests.slots >= maxRunningPerPeer) {
      return overloaded('maxRunningPerPeer', maxRunningPerPeer);
    }
    return undefined;
  }

  take(requests: PeerRequests): void {
    this.running += 1;
    requests.started();
  }

  /** The request of this id has ended. Its procedure may run on: see `overran`. */
  free(requests: PeerRequests, id: TransactionId): void {
    this.running -= 1;
    requests.stopped(id);
  }

  /** A procedure runs on after its deadline. */
  overran(requests: PeerRequests): void {
    this.overrun += 1;
    requests.overran();
  }

  /** A procedure that ran on has ended. */
  overrunEnded(requests: PeerRequests): void {
    if (this.#closed) return;
    this.overrun -= 1;
    requests.overrunEnded();
  }

  /** The endpoint is closed: it does not follow the procedures that run on. */
  close(): void {
    this.#closed = true;
    this.overrun = 0;
  }
}

/**
 * Slots: count the procedures that run, and refuse more of them than may run. A procedure holds its
 * slot until it has ended, also when its request has long been answered: the deadline of a request
 * is its caller's word, and the machine does not get faster by it.
 */
import type { Limits } from '../api/limits.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { HandlerOwner } from './owner.js';
import { overloaded } from './refusal.js';
import type { Refusal } from './refusal.js';
import { Share } from './share.js';
import type { ShareLimits } from './share.js';

type SlotLimits = ShareLimits & Pick<Limits, 'maxRunningHandlers' | 'maxRunningPerPeer'>;

/** The members of a peer that are counted. */
type Holder = Pick<HandlerOwner, 'origin' | 'requests'>;

export class Slots {
  /** Procedures whose requests wait for their end. */
  running = 0;
  /** Procedures that run on after their deadline. */
  overrun = 0;
  readonly #limits: SlotLimits;
  readonly #share: Share;
  #closed = false;

  constructor(limits: SlotLimits) {
    const { maxRunningHandlers, maxRunningPerPeer } = limits;
    this.#limits = limits;
    this.#share = new Share('maxRunningHandlers', maxRunningHandlers, limits, maxRunningPerPeer);
  }

  /** Why no procedure may run for this peer now; undefined if one may. */
  refusal({ origin, requests }: Holder): Refusal | undefined {
    const { maxRunningHandlers, maxRunningPerPeer } = this.#limits;
    if (this.running + this.overrun >= maxRunningHandlers) {
      return overloaded('maxRunningHandlers', maxRunningHandlers);
    }
    if (requests.slots >= maxRunningPerPeer) {
      return overloaded('maxRunningPerPeer', maxRunningPerPeer);
    }
    return this.#share.refusal(origin, 'running');
  }

  take({ origin, requests }: Holder): void {
    this.running += 1;
    origin?.countRunning(1);
    requests.started();
  }

  /** The request of this id has ended. Its procedure may run on: see `overran`. */
  free({ origin, requests }: Holder, id: TransactionId): void {
    this.running -= 1;
    origin?.countRunning(-1);
    requests.stopped(id);
  }

  /** A procedure runs on after its deadline. */
  overran({ origin, requests }: Holder): void {
    this.overrun += 1;
    origin?.countRunning(1);
    requests.overran();
  }

  /** A procedure that ran on has ended. */
  overrunEnded({ origin, requests }: Holder): void {
    if (this.#closed) return;
    this.overrun -= 1;
    origin?.countRunning(-1);
    requests.overrunEnded();
  }

  /** The endpoint is closed: it does not follow the procedures that run on. */
  close(): void {
    this.#closed = true;
    this.overrun = 0;
  }
}

/**
 * Follower: shows actors of one kind, calls or handlers. It shows a sample of the healthy ones, and
 * all in which something notable happens.
 */
import type { AnyEventObject } from 'xstate';
import type { CallEvent } from '../../api/call-snapshot.js';
import type { HandlerEvent } from '../../handler/machine.js';
import type { Transaction } from '../../legible/transaction.js';
import type { TransactionId } from '../../wire/transaction-id.js';
import type { Sampling } from './sampling.js';

/** An actor to follow. */
interface Followed {
  readonly transactionId: TransactionId;
  readonly state: string;
  readonly done: boolean;
}

/** Makes the records of such actors. */
export interface ActorRecords<Actor> {
  transactionOf(actor: Actor): Transaction;
  /** Records the actor. It may have ended already; `past` records what happened to it before. */
  made(actor: Actor, transaction: Transaction): void;
  /**
   * Records the steps that led the actor to its state; or, if it has just taken `event`, the steps
   * before `event`. Some steps may not be known any more.
   */
  past(actor: Actor, transaction: Transaction, event?: AnyEventObject): void;
  /** Records an event that the actor has just taken. */
  stepped(actor: Actor, event: AnyEventObject, transaction: Transaction): void;
}

/**
 * The most actors that are shown of an endpoint that was already working when the recorder was
 * attached.
 */
const MAX_FOUND = 10_000;

/** Events that make a call or a request worth showing. */
const NOTABLE: ReadonlySet<string> = new Set<CallEvent['type'] | HandlerEvent['type']>([
  ...(['retransmitted', 'working', 'withdrawn', 'expired', 'failed', 'refused'] as const),
  ...(['overdue', 'moved', 'answeredElsewhere', 'restored'] as const),
  ...(['cancel', 'cancelled', 'abandoned', 'duplicated'] as const),
]);

export class Follower<Actor extends Followed> {
  /** How many actors were not shown. The shown and the skipped actors together are all actors. */
  skipped = 0;
  readonly #records: ActorRecords<Actor>;
  readonly #sampling: Sampling;
  /** Actors that are shown and live. Bounded by the limits of the endpoint. */
  readonly #shown = new Map<Actor, Transaction>();

  constructor(records: ActorRecords<Actor>, sampling: Sampling) {
    this.#records = records;
    this.#sampling = sampling;
  }

  /** Shows the latest of the actors that already live. */
  found(living: readonly Actor[]): void {
    const shown = living.slice(-MAX_FOUND);
    this.skipped += living.length - shown.length;
    for (const actor of shown) {
      // The receiver of records may have called the endpoint. If that made the actor step, it is
      // shown already.
      if (!this.#shown.has(actor) && !actor.done) this.#records.past(actor, this.#show(actor));
    }
  }

  started(actor: Actor): void {
    if (this.#sampling.choose(actor.transactionId)) this.#show(actor);
    else this.skipped += 1;
  }

  stepped(actor: Actor, event: AnyEventObject): void {
    const transaction = this.#shown.get(actor) ?? this.#showIfNotable(actor, event);
    if (transaction === undefined) return;
    if (actor.done) this.#shown.delete(actor);
    this.#records.stepped(actor, event, transaction);
  }

  #showIfNotable(actor: Actor, event: AnyEventObject): Transaction | undefined {
    if (!NOTABLE.has(event.type) && actor.state !== 'late') return undefined;
    // An actor that was being created when the recorder was attached was not counted, so the count
    // can be 0.
    this.skipped = Math.max(this.skipped - 1, 0);
    const transaction = this.#show(actor);
    this.#records.past(actor, transaction, event);
    return transaction;
  }

  #show(actor: Actor): Transaction {
    const transaction = this.#records.transactionOf(actor);
    // Must come first, because the receiver of records may make the actor step.
    this.#shown.set(actor, transaction);
    this.#records.made(actor, transaction);
    return transaction;
  }
}

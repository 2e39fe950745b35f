/**
 * Follower: shows actors of one type: calls, notifications or handlers. It shows a sample of all,
 * and of those in which something notable happens as many as their kind may have.
 */
import type { AnyEventObject } from 'xstate';
import type { CallEvent } from '../../api/call-snapshot.js';
import type { HandlerEvent } from '../../handler/machine.js';
import type { Transaction } from '../../legible/transaction.js';
import type { TransactionId } from '../../wire/transaction-id.js';
import type { Failure, Failures } from './failures.js';
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
  /** How the actor has failed, if it has. */
  failureOf(actor: Actor): Failure | undefined;
  /** Whether the actor has failed with this event, which it has just taken. */
  failsWith(actor: Actor, event: AnyEventObject): boolean;
  /** Records an event that the actor has just taken. */
  stepped(actor: Actor, event: AnyEventObject, transaction: Transaction): void;
}

/**
 * The most actors that are shown of an endpoint that was already working when the recorder was
 * attached.
 */
const MAX_FOUND = 10_000;

/** What makes a call or a request worth showing before it fails, or afterwards. */
const SIGNS: ReadonlySet<string> = new Set<CallEvent['type'] | HandlerEvent['type'] | 'late'>([
  ...(['retransmitted', 'working', 'overdue', 'moved', 'answeredElsewhere'] as const),
  ...(['restored', 'cancelled', 'duplicated', 'late'] as const),
]);

export class Follower<Actor extends Followed> {
  /** How many actors were not shown. The shown and the skipped actors together are all actors. */
  skipped = 0;
  readonly #records: ActorRecords<Actor>;
  readonly #sampling: Sampling;
  readonly #failures: Failures;
  /** Actors that are shown and live. Bounded by the limits of the endpoint. */
  readonly #shown = new Map<Actor, Transaction>();

  constructor(records: ActorRecords<Actor>, sampling: Sampling, failures: Failures) {
    this.#records = records;
    this.#sampling = sampling;
    this.#failures = failures;
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
    const shown = this.#shown.get(actor);
    const isWanted = this.#isWanted(actor, event, shown !== undefined);
    const transaction = shown ?? (isWanted ? this.#showLater(actor, event) : undefined);
    if (transaction === undefined) return;
    if (actor.done) this.#shown.delete(actor);
    this.#records.stepped(actor, event, transaction);
  }

  /** Counts the actor if it has just failed. Returns whether to show it, or to go on with it. */
  #isWanted(actor: Actor, event: AnyEventObject, isShown: boolean): boolean {
    const failure = this.#records.failureOf(actor);
    if (failure !== undefined && this.#records.failsWith(actor, event)) {
      return this.#failures.count(failure, isShown);
    }
    const sign = actor.state === 'late' ? 'late' : event.type;
    if (isShown || !SIGNS.has(sign) || !this.#failures.admitsSign(sign)) return isShown;
    if (failure !== undefined) this.#failures.shownLater(failure);
    return true;
  }

  #showLater(actor: Actor, event: AnyEventObject): Transaction {
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

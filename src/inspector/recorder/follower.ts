/** A follower: shows the actors of one kind, calls or handlers, by sampling; and all those that something befalls. */
import type { AnyEventObject } from 'xstate';
import type { CallEvent } from '../../api/call-snapshot.js';
import type { HandlerEvent } from '../../handler/machine.js';
import type { TransactionId } from '../../wire/transaction-id.js';
import type { Sampling } from './sampling.js';
import type { Transaction } from './transaction.js';

/** An actor that can be followed. */
interface Followed {
  readonly transactionId: TransactionId;
  readonly state: string;
  readonly done: boolean;
}

/** What makes records of such actors. */
export interface ActorRecords<Actor> {
  transactionOf(actor: Actor): Transaction;
  /** Tells of the actor. It may have ended: its past is told apart. */
  made(actor: Actor, transaction: Transaction): void;
  /**
   * Tells what led the actor to the state it is found in; or, if it has just taken an event, to that event, as far as that
   * is known.
   */
  past(actor: Actor, transaction: Transaction, event?: AnyEventObject): void;
  /** Tells of an event that the actor has taken just now. */
  stepped(actor: Actor, event: AnyEventObject, transaction: Transaction): void;
}

/** Of an endpoint that is at work already, no more of what lives is shown. */
const MAX_FOUND = 10_000;

/** Events that make a call, or a request, worth showing. */
const NOTABLE: ReadonlySet<string> = new Set<CallEvent['type'] | HandlerEvent['type']>([
  ...(['retransmitted', 'working', 'expired', 'failed', 'refused', 'cancel'] as const),
  ...(['cancelled', 'abandoned', 'duplicated'] as const),
]);

export class Follower<Actor extends Followed> {
  /** How many actors were not shown. With those that were they are all there were. */
  skipped = 0;
  readonly #records: ActorRecords<Actor>;
  readonly #sampling: Sampling;
  /** Those that are shown and live. Bounded by the limits of the endpoint. */
  readonly #shown = new Map<Actor, Transaction>();

  constructor(records: ActorRecords<Actor>, sampling: Sampling) {
    this.#records = records;
    this.#sampling = sampling;
  }

  /** Shows the latest of those that live already. */
  found(living: readonly Actor[]): void {
    const shown = living.slice(-MAX_FOUND);
    this.skipped += living.length - shown.length;
    for (const actor of shown) {
      // Whoever takes the records may have made it do something, which has shown it.
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
    // One that was being made when the recorder was attached was not counted.
    this.skipped = Math.max(this.skipped - 1, 0);
    const transaction = this.#show(actor);
    this.#records.past(actor, transaction, event);
    return transaction;
  }

  #show(actor: Actor): Transaction {
    const transaction = this.#records.transactionOf(actor);
    // First of all: whoever takes the records may make it do something.
    this.#shown.set(actor, transaction);
    this.#records.made(actor, transaction);
    return transaction;
  }
}

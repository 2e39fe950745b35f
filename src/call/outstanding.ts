/**
 * The ledger of calls: those that an inbound answer can belong to, by transaction id, and how all others ended. Calls
 * enter themselves and take themselves out; nobody else writes here.
 */
import { noOutcomes } from '../api/call-state.js';
import type { OutcomeCounts, OutcomeState } from '../api/call-state.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { hashOfId } from '../wire/transaction-id.js';
import { LinkedList } from './linked-list.js';
import type { Linked } from './linked-list.js';
import { RecentIds } from './recent-ids.js';

/** A call, as far as the ledger looks at it. */
export interface LedgerEntry<Self> extends Linked<Self> {
  readonly context: { readonly transactionId: TransactionId };
  /** Whether it is over: it has its outcome, and lingers no more. */
  readonly done: boolean;
  /** The next in the same chain. */
  nextInBucket: Self | undefined;
  /** It need not wait for a late answer any more. */
  giveUp(): void;
}

/** The bounds of the ledger; see the endpoint's options of the same names. */
export interface OutstandingLimits {
  readonly maxOutstanding: number;
  readonly maxLingering: number;
}

const FIRST_BUCKETS = 64;

/**
 * A hash table whose chains run through the calls themselves. Nobody else can choose their ids, so a
 * part of one is hash enough.
 *
 * A `Map` will not do: each time it makes room, V8 leaves its old table pointing to the new one, and once
 * such a table has grown old, every call in its successors outlives its use until the next full collection:
 * measured, four times the time in garbage collection at 64 calls in flight.
 */
export class Outstanding<TCall extends LedgerEntry<TCall>> {
  readonly #limits: OutstandingLimits;
  /** Heads of the chains; a power of two in number, at least as many as there are calls. */
  #buckets = new Array<TCall | undefined>(FIRST_BUCKETS).fill(undefined);
  /** Bounded by `maxOutstanding` calls in flight, and `maxLingering` more. */
  #size = 0;
  #inFlight = 0;
  readonly #outcomes = noOutcomes();
  /** Timed-out calls that would still recognise a late answer, the longest-waiting first. */
  readonly #lingering = new LinkedList<TCall>();
  /** Calls that are over, by whether an answer to them had come. */
  readonly #answered = new RecentIds();
  readonly #unanswered = new RecentIds();

  constructor(limits: OutstandingLimits) {
    this.#limits = limits;
  }

  /** Calls by outcome. */
  get outcomes(): Readonly<OutcomeCounts> {
    return { ...this.#outcomes };
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many may be in flight. */
  get limit(): number {
    return this.#limits.maxOutstanding;
  }

  get lingering(): number {
    return this.#lingering.size;
  }

  get(id: TransactionId): TCall | undefined {
    let call = this.#buckets[this.#bucketOf(id)];
    while (call !== undefined && call.context.transactionId !== id) call = call.nextInBucket;
    return call;
  }

  /** Adds a call that is about to be sent; false when as many are in flight as may be. */
  add(call: TCall): boolean {
    if (this.#inFlight >= this.#limits.maxOutstanding) return false;
    if (this.#size === this.#buckets.length) this.#grow();
    this.#size += 1;
    this.#inFlight += 1;
    this.#link(call);
    return true;
  }

  /** A call has its outcome. One that was added is no longer in flight, and known until it is deleted. */
  settle(outcome: OutcomeState, wasAdded: boolean): void {
    this.#outcomes[outcome] += 1;
    if (wasAdded) this.#inFlight -= 1;
  }

  /** Keeps a timed-out call for late answers; beyond the limit the oldest is given up as lost. */
  linger(call: TCall): void {
    // Who heard of the time-out may have ended the call already.
    if (call.done) return;
    this.#lingering.push(call);
    if (this.#lingering.size <= this.#limits.maxLingering) return;
    this.#lingering.shift()?.giveUp();
  }

  /** Takes the call out, which called `address`; it is no error if it is not in. */
  delete(call: TCall, address: string, answered: boolean): void {
    if (this.#lingering.size > 0) this.#lingering.delete(call);
    const id = call.context.transactionId;
    const bucket = this.#bucketOf(id);
    let previous: TCall | undefined;
    for (let link = this.#buckets[bucket]; link !== undefined; link = link.nextInBucket) {
      if (link === call) {
        if (previous === undefined) this.#buckets[bucket] = call.nextInBucket;
        else previous.nextInBucket = call.nextInBucket;
        call.nextInBucket = undefined;
        this.#size -= 1;
        (answered ? this.#answered : this.#unanswered).add(id, address);
        return;
      }
      previous = link;
    }
  }

  /**
   * What a frame is that came from `address` with an id that no call has: to a call that is over, or to
   * none. `final` tells an answer from mere news of the procedure.
   */
  fateOfAnswer(
    id: TransactionId,
    address: string,
    final: boolean,
  ): 'duplicate' | 'late' | 'wrongPeer' | 'orphan' {
    const answeredBy = this.#answered.addressOf(id);
    const calledAt = answeredBy ?? this.#unanswered.addressOf(id);
    if (calledAt === undefined) return 'orphan';
    if (calledAt !== address) return 'wrongPeer';
    if (answeredBy !== undefined) return 'duplicate';
    if (final) this.#answered.add(id, address);
    return 'late';
  }

  /** Every call that is in flight or lingers. */
  all(): TCall[] {
    return this.#buckets.flatMap((head) => {
      const chain: TCall[] = [];
      for (let call = head; call !== undefined; call = call.nextInBucket) chain.push(call);
      return chain;
    });
  }

  #bucketOf(id: TransactionId): number {
    return hashOfId(id) & (this.#buckets.length - 1);
  }

  #link(call: TCall): void {
    const bucket = this.#bucketOf(call.context.transactionId);
    call.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = call;
  }

  #grow(): void {
    const calls = this.all();
    this.#buckets = new Array<TCall | undefined>(this.#buckets.length * 2).fill(undefined);
    for (const call of calls) this.#link(call);
  }
}

/**
 * Outstanding calls: the ledger of the calls that an answer can belong to, by transaction id, and
 * the count of all outcomes. Calls add and remove themselves. Nothing else writes here.
 */
import type { Buffer } from 'node:buffer';
import { noOutcomes } from '../api/call-state.js';
import type { OutcomeCounts, OutcomeState } from '../api/call-state.js';
import { ID_OFFSET } from '../wire/frame.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { hashOfId, hashOfIdAt, isIdAt } from '../wire/transaction-id.js';
import { LinkedList } from './linked-list.js';
import type { Linked } from './linked-list.js';
import { RecentIds } from './recent-ids.js';

/** The members of a call that the ledger uses. */
export interface LedgerEntry<Self> extends Linked<Self> {
  readonly context: { readonly transactionId: TransactionId };
  /** Whether it has ended: it has its outcome and does not linger. */
  readonly done: boolean;
  nextInBucket: Self | undefined;
  /** The hash of its transaction id. Only the ledger writes it, when the call is added. */
  idHash: number;
  /** Ends the wait for a late answer. */
  giveUp(): void;
}

export interface OutstandingLimits {
  readonly maxOutstanding: number;
  readonly maxLingering: number;
}

const FIRST_BUCKETS = 32;

/**
 * A hash table whose chains are linked through the calls themselves. Others cannot choose the ids,
 * so a part of the id is a sufficient hash.
 *
 * A `Map` is not suitable. Each time that it grows, V8's old table keeps a pointer to the new one.
 * Once an old table is in the old generation of the heap, all calls in its successors stay in
 * memory until the next full garbage collection. Measured with 64 calls in flight, garbage
 * collection took four times as long.
 */
export class Outstanding<TCall extends LedgerEntry<TCall>> {
  readonly #limits: OutstandingLimits;
  /** The heads of the chains. Their number is a power of two, at least twice that of the calls. */
  #buckets = new Array<TCall | undefined>(FIRST_BUCKETS).fill(undefined);
  /**
   * Bounded by `maxOutstanding` calls in flight, by those restored, by `maxLingering`, and by the
   * mailboxes of the peers that are probed.
   */
  #size = 0;
  #inFlight = 0;
  readonly #outcomes = noOutcomes();
  /** The calls that timed out and still recognise a late answer. The oldest comes first. */
  readonly #lingering = new LinkedList<TCall>();
  /** The calls that have ended, with or without an answer. */
  readonly #answered = new RecentIds();
  readonly #unanswered = new RecentIds();

  constructor(limits: OutstandingLimits) {
    this.#limits = limits;
  }

  get outcomes(): Readonly<OutcomeCounts> {
    return { ...this.#outcomes };
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get limit(): number {
    return this.#limits.maxOutstanding;
  }

  get lingering(): number {
    return this.#lingering.size;
  }

  /** The call whose id an answer's datagram has. */
  find(answer: Buffer): TCall | undefined {
    let call = this.#buckets[this.#bucketOf(hashOfIdAt(answer, ID_OFFSET))];
    while (call !== undefined && !isIdAt(answer, ID_OFFSET, call.context.transactionId)) {
      call = call.nextInBucket;
    }
    return call;
  }

  /** Adds a call that is about to be sent. Gives false if `maxOutstanding` is reached. */
  add(call: TCall): boolean {
    if (this.#inFlight >= this.#limits.maxOutstanding) return false;
    this.readmit(call);
    return true;
  }

  /**
   * Adds a call that an earlier process has sent, beyond `maxOutstanding` if need be: to refuse it
   * would say that it was not sent. Bounded by the calls that the endpoint's user restores.
   */
  readmit(call: TCall): void {
    this.expect(call);
    this.#inFlight += 1;
  }

  /** Adds a call that waits for the answer to a probe with its id. It is not in flight. */
  expect(call: TCall): void {
    if (2 * this.#size >= this.#buckets.length) this.#grow();
    this.#size += 1;
    call.idHash = hashOfId(call.context.transactionId);
    this.#link(call);
  }

  /** Takes back a call that waited for that, if it did. */
  dismiss(call: TCall): void {
    this.#unlink(call);
  }

  /**
   * A call has its outcome. If it was added, it is no longer in flight, but it stays known until it
   * is deleted.
   */
  settle(outcome: OutcomeState, wasAdded: boolean): void {
    this.#outcomes[outcome] += 1;
    if (wasAdded) this.#inFlight -= 1;
  }

  /** Keeps a call that timed out for a late answer. Beyond `maxLingering` the oldest is lost. */
  linger(call: TCall): void {
    // A listener that heard of the time-out may already have ended the call.
    if (call.done) return;
    this.#lingering.push(call);
    if (this.#lingering.size <= this.#limits.maxLingering) return;
    this.#lingering.shift()?.giveUp();
  }

  /** Takes back a call that was added, and of which nothing was sent. No answer can belong to it. */
  withdraw(call: TCall): void {
    if (this.#unlink(call)) this.#inFlight -= 1;
  }

  /** Removes a call to `address`, if it is there. */
  delete(call: TCall, address: string, answered: boolean): void {
    if (this.#lingering.size > 0) this.#lingering.delete(call);
    if (!this.#unlink(call)) return;
    const { context, idHash } = call;
    (answered ? this.#answered : this.#unanswered).add(context.transactionId, address, idHash);
  }

  /**
   * The fate of a frame from `address` whose id belongs to no call in this ledger. `final` tells an
   * outcome from a progress report.
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

  all(): TCall[] {
    return this.#buckets.flatMap((head) => {
      const chain: TCall[] = [];
      for (let call = head; call !== undefined; call = call.nextInBucket) chain.push(call);
      return chain;
    });
  }

  #bucketOf(idHash: number): number {
    return idHash & (this.#buckets.length - 1);
  }

  /** Removes the call from its chain, if it is there. */
  #unlink(call: TCall): boolean {
    const bucket = this.#bucketOf(call.idHash);
    let previous: TCall | undefined;
    for (let link = this.#buckets[bucket]; link !== undefined; link = link.nextInBucket) {
      if (link === call) {
        if (previous === undefined) this.#buckets[bucket] = call.nextInBucket;
        else previous.nextInBucket = call.nextInBucket;
        call.nextInBucket = undefined;
        this.#size -= 1;
        return true;
      }
      previous = link;
    }
    return false;
  }

  #link(call: TCall): void {
    const bucket = this.#bucketOf(call.idHash);
    call.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = call;
  }

  #grow(): void {
    const calls = this.all();
    this.#buckets = new Array<TCall | undefined>(this.#buckets.length * 2).fill(undefined);
    for (const call of calls) this.#link(call);
  }
}

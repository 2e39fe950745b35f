/** The calls that an inbound response can belong to, by transaction id. */
import { LinkedList } from './linked-list.js';
import type { TransactionId } from '../wire/frame.js';
import type { Call } from './call.js';
import { hashOfId } from './id-hash.js';
import { RecentIds } from './recent-ids.js';

const FIRST_BUCKETS = 64;

/**
 * A hash table whose chains run through the calls themselves. Nobody else can choose their ids, so a
 * part of one is hash enough.
 *
 * A `Map` will not do: each time it makes room, V8 leaves its old table pointing to the new one, and once
 * such a table has grown old, every call in its successors outlives its use until the next full collection:
 * measured, four times the time in garbage collection at 64 calls in flight.
 */
export class Outstanding {
  readonly #maxLingering: number;
  /** Heads of the chains; a power of two in number, at least as many as there are calls. */
  #buckets = new Array<Call | undefined>(FIRST_BUCKETS).fill(undefined);
  /** Bounded by `maxOutstanding` calls in flight, which peers ask for, and `maxLingering` more. */
  #size = 0;
  #inFlight = 0;
  /** Timed-out calls that would still recognise a late answer, the longest-waiting first. */
  readonly #lingering = new LinkedList<Call>();
  /** Calls that are over, by whether an answer to them had come. */
  readonly #answered = new RecentIds();
  readonly #unanswered = new RecentIds();

  constructor(maxLingering: number) {
    this.#maxLingering = maxLingering;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get lingering(): number {
    return this.#lingering.size;
  }

  get(id: TransactionId): Call | undefined {
    let call = this.#buckets[this.#bucketOf(id)];
    while (call !== undefined && call.transactionId !== id) call = call.nextInBucket;
    return call;
  }

  add(call: Call): void {
    if (this.#size === this.#buckets.length) this.#grow();
    this.#size += 1;
    this.#inFlight += 1;
    this.#link(call);
  }

  /** A call has its outcome: it is no longer in flight, and known until it is deleted. */
  settle(): void {
    this.#inFlight -= 1;
  }

  /** Keeps a timed-out call for late answers; beyond the limit the oldest is given up as lost. */
  linger(call: Call): void {
    // Who heard of the time-out may have ended the call already.
    if (call.done) return;
    this.#lingering.push(call);
    if (this.#lingering.size <= this.#maxLingering) return;
    this.#lingering.shift()?.receive({ type: 'lingered' });
  }

  /** Takes the call out; it is no error if it is not in. */
  delete(call: Call): void {
    this.#lingering.delete(call);
    const bucket = this.#bucketOf(call.transactionId);
    let previous: Call | undefined;
    for (let link = this.#buckets[bucket]; link !== undefined; link = link.nextInBucket) {
      if (link === call) {
        if (previous === undefined) this.#buckets[bucket] = call.nextInBucket;
        else previous.nextInBucket = call.nextInBucket;
        call.nextInBucket = undefined;
        this.#size -= 1;
        (call.answered ? this.#answered : this.#unanswered).add(
          call.transactionId,
          call.peer.address,
        );
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
  all(): Call[] {
    return this.#buckets.flatMap((head) => {
      const chain: Call[] = [];
      for (let call = head; call !== undefined; call = call.nextInBucket) chain.push(call);
      return chain;
    });
  }

  #bucketOf(id: TransactionId): number {
    return hashOfId(id) & (this.#buckets.length - 1);
  }

  #link(call: Call): void {
    const bucket = this.#bucketOf(call.transactionId);
    call.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = call;
  }

  #grow(): void {
    const calls = this.all();
    this.#buckets = new Array<Call | undefined>(this.#buckets.length * 2).fill(undefined);
    for (const call of calls) this.#link(call);
  }
}

/** The calls that an inbound response can belong to, by transaction id. */
import { LinkedList } from '../linked-list.js';
import type { TransactionId } from '../wire/frame.js';
import type { Call } from './call.js';

export class Outstanding {
  readonly #maxLingering: number;
  /** Bounded by `maxOutstanding` calls in flight, which peers ask for, and `maxLingering` more. */
  readonly #byId = new Map<TransactionId, Call>();
  /** Timed-out calls that would still recognise a late answer, the longest-waiting first. */
  readonly #lingering = new LinkedList<Call>();
  #inFlight = 0;

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
    return this.#byId.get(id);
  }

  add(call: Call): void {
    this.#byId.set(call.wireId, call);
    this.#inFlight += 1;
  }

  /** A call has its outcome: it is no longer in flight, and known until it is deleted. */
  settle(): void {
    this.#inFlight -= 1;
  }

  /** Keeps a timed-out call for late answers; beyond the limit the oldest is given up as lost. */
  linger(call: Call): void {
    this.#lingering.push(call);
    if (this.#lingering.size <= this.#maxLingering) return;
    this.#lingering.first?.receive({ type: 'lingered' });
  }

  delete(call: Call): void {
    this.#byId.delete(call.wireId);
    this.#lingering.delete(call);
  }

  /** Every call that is in flight or lingers. */
  all(): Call[] {
    return [...this.#byId.values()];
  }
}

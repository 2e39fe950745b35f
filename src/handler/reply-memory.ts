/**
 * The memory of ended handlers: what keeps a duplicate of a request from running its procedure again.
 * Bounded by `replayWindowMs` in time, `maxReplies` in number and `maxReplyBytes` in bytes.
 */
import type { Alarm, Alarms } from '../alarms.js';
import type { Counters } from '../endpoint/counters.js';
import { Fifo } from '../fifo.js';
import type { Handler } from './handler.js';

/** The bounds of the memory; see the endpoint's options of the same names. */
export interface ReplyLimits {
  readonly replayWindowMs: number;
  readonly maxReplies: number;
  readonly maxReplyBytes: number;
}

export class ReplyMemory implements Alarm {
  heapIndex = -1;

  readonly #alarms: Alarms;
  readonly #counters: Counters;
  readonly #limits: ReplyLimits;
  /** In the order they ended, which is the order in which they are to be forgotten. */
  readonly #memories = new Fifo<Handler>();
  /** Those that still have their reply's bytes, in the same order. */
  readonly #replies = new Fifo<Handler>();
  #bytes = 0;

  constructor(alarms: Alarms, counters: Counters, limits: ReplyLimits) {
    this.#alarms = alarms;
    this.#counters = counters;
    this.#limits = limits;
  }

  get size(): number {
    return this.#memories.size;
  }

  /** Whether one more would displace the oldest. */
  get full(): boolean {
    return this.#memories.size >= this.#limits.maxReplies;
  }

  /** Remembers an ended handler. Beyond the bytes, the oldest replies are let go; beyond the count, the oldest handlers. */
  remember(handler: Handler): void {
    const { maxReplies, maxReplyBytes } = this.#limits;
    this.#memories.push(handler);
    if (this.#memories.size === 1) this.#setAlarm();
    if (handler.reply !== undefined) {
      this.#replies.push(handler);
      this.#bytes += handler.reply.length;
    }
    while (this.#memories.size > maxReplies) {
      if (this.#memories.peek()?.remembered === true) this.#counters.forgottenEarly += 1;
      this.#forgetOldest();
    }
    while (this.#bytes > maxReplyBytes) this.#letReplyGo();
  }

  /** The replay window of the oldest is over. */
  ring(nowMs: number): void {
    for (let first = this.#memories.peek(); first !== undefined; first = this.#memories.peek()) {
      if (this.#untilMs(first) > nowMs) break;
      this.#forgetOldest();
    }
    this.#setAlarm();
  }

  /** Forgets everything. */
  clear(): void {
    while (this.#memories.size > 0) this.#forgetOldest();
    this.#alarms.clear(this);
  }

  #setAlarm(): void {
    const first = this.#memories.peek();
    if (first !== undefined) this.#alarms.set(this, this.#untilMs(first));
  }

  #untilMs({ endedAtMs }: Handler): number {
    return endedAtMs + this.#limits.replayWindowMs;
  }

  #forgetOldest(): void {
    const handler = this.#memories.shift();
    if (this.#replies.peek() === handler) this.#letReplyGo();
    handler?.forget();
  }

  #letReplyGo(): void {
    const handler = this.#replies.shift();
    this.#bytes -= handler?.reply?.length ?? 0;
    if (handler !== undefined) handler.reply = undefined;
  }
}

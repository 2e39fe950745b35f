import type { Random } from '../random.js';
import { ID_BYTES, type TransactionId } from '../wire/transaction-id.js';

/**
 * How many ids are drawn at once: few at first, because an endpoint may make few calls, and four
 * times as many each time. One call of the generator costs as much as for two ids.
 */
const FIRST_POOL_BYTES = 16 * ID_BYTES;
const MAX_POOL_BYTES = 1_024 * ID_BYTES;
/** Before the first id is drawn. */
const NO_POOL = Buffer.alloc(0);

/**
 * Makes transaction ids: 20 unpredictable bytes each, as 40 hexadecimal digits. An attacker who
 * cannot guess the id cannot forge the response.
 */
export class TransactionIds {
  readonly #random: Random;
  #pool = NO_POOL;
  #offset = 0;
  #ahead: TransactionId | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): TransactionId {
    const id = this.#ahead ?? this.#draw();
    this.#ahead = undefined;
    return id;
  }

  /** Draws the next id in advance. Best done while a request travels and nothing waits for it. */
  drawAhead(): void {
    this.#ahead ??= this.#draw();
  }

  #draw(): TransactionId {
    if (this.#offset === this.#pool.length) this.#fill();
    const start = this.#offset;
    this.#offset += ID_BYTES;
    return this.#pool.toString('hex', start, this.#offset);
  }

  #fill(): void {
    const bytes = Math.min(Math.max(4 * this.#pool.length, FIRST_POOL_BYTES), MAX_POOL_BYTES);
    if (bytes > this.#pool.length) this.#pool = Buffer.alloc(bytes);
    this.#random.fillBytes(this.#pool);
    this.#offset = 0;
  }
}

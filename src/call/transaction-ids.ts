import type { Random } from '../random.js';
import { ID_BYTES, type TransactionId } from '../wire/transaction-id.js';

/** How many ids are drawn at once. One call of the generator costs as much as for two ids. */
const POOL_IDS = 1_024;
const POOL_BYTES = POOL_IDS * ID_BYTES;

/**
 * Makes transaction ids: 20 unpredictable bytes each, as 40 hexadecimal digits. An attacker who
 * cannot guess the id cannot forge the response.
 */
export class TransactionIds {
  readonly #random: Random;
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #offset = POOL_BYTES;
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
    if (this.#offset === POOL_BYTES) {
      this.#random.fillBytes(this.#pool);
      this.#offset = 0;
    }
    const start = this.#offset;
    this.#offset += ID_BYTES;
    return this.#pool.toString('hex', start, this.#offset);
  }
}

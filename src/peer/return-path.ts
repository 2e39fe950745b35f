/**
 * Return path: whether a peer receives what is sent to its address. With UDP, anyone can forge the
 * source address. But a sender that repeats an id or a token of this endpoint has received it.
 */
import type { AmplificationLimit, UnvalidatedTraffic } from './amplification.js';
import type { Random } from '../random.js';
import type { TransactionId } from '../wire/transaction-id.js';
import { challengeHeaderMap, TOKEN_BYTES } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import { encodeSignal } from '../wire/signal.js';

export class ReturnPath implements UnvalidatedTraffic {
  bytesIn = 0;
  bytesOut = 0;

  readonly #limit: AmplificationLimit;
  readonly #random: Random;
  #validated = false;
  #token: Uint8Array | undefined;

  constructor(limit: AmplificationLimit, random: Random) {
    this.#limit = limit;
    this.#random = random;
  }

  validate(): void {
    this.#validated = true;
  }

  /** A request came from this address, perhaps with the token of a challenge. */
  received(bytes: number, token: Uint8Array | undefined): void {
    if (this.#validated) return;
    this.bytesIn += bytes;
    if (token === undefined || this.#token === undefined) return;
    this.#validated = Buffer.compare(token, this.#token) === 0;
  }

  /** Whether a reply of this size may be sent to `host`. If so, its bytes are counted. */
  admits(host: string, bytes: number): boolean {
    return this.#validated || this.#limit.admits(host, this, bytes);
  }

  withheld(): void {
    this.#limit.withheld();
  }

  /** The challenge that is sent instead of the reply to a request. */
  challenge(id: TransactionId): OutboundFrame {
    if (this.#token === undefined) {
      this.#token = new Uint8Array(TOKEN_BYTES);
      this.#random.fillBytes(this.#token);
    }
    return encodeSignal('challenge', id, challengeHeaderMap(this.#token));
  }
}

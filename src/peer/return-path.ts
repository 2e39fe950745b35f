/**
 * A peer's return path: whether what is sent to its address reaches whoever sends from there. UDP lets anyone
 * write any source; who repeats an id or a token of ours has received it.
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
  /** Drawn for the first challenge. */
  #token: Uint8Array | undefined;

  constructor(limit: AmplificationLimit, random: Random) {
    this.#limit = limit;
    this.#random = random;
  }

  /** The peer answered a call of ours. */
  validate(): void {
    this.#validated = true;
  }

  /** A request came from there, perhaps with the token of a challenge. */
  received(bytes: number, token: Uint8Array | undefined): void {
    if (this.#validated) return;
    this.bytesIn += bytes;
    if (token === undefined || this.#token === undefined) return;
    this.#validated = Buffer.compare(token, this.#token) === 0;
  }

  /** Whether a reply of so many bytes may go to this peer at `host`; it is counted if so. */
  admits(host: string, bytes: number): boolean {
    return this.#validated || this.#limit.admits(host, this, bytes);
  }

  /** A reply was not sent: it might not go there. */
  withheld(): void {
    this.#limit.withheld();
  }

  /** The challenge to go out in place of the reply to a request. */
  challenge(id: TransactionId): OutboundFrame {
    if (this.#token === undefined) {
      this.#token = new Uint8Array(TOKEN_BYTES);
      this.#random.fillBytes(this.#token);
    }
    return encodeSignal('challenge', id, challengeHeaderMap(this.#token));
  }
}

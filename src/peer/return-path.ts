/**
 * Return path: whether a peer receives what is sent to its address. With UDP, anyone can forge the
 * source address. But a sender that repeats an id or a token of this endpoint has received it.
 */
import type { TransactionId } from '../wire/transaction-id.js';
import { challengeHeaderMap } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import { encodeSignal } from '../wire/signal.js';
import type { AmplificationLimit, UnvalidatedTraffic } from './amplification.js';
import type { ReturnPathTokens } from './return-path-tokens.js';

/** The other end of a return path. */
interface PathEnd {
  readonly host: string;
  /** The canonical address. */
  readonly address: string;
}

export class ReturnPath implements UnvalidatedTraffic {
  bytesIn = 0;
  bytesOut = 0;

  readonly #end: PathEnd;
  readonly #limit: AmplificationLimit;
  readonly #tokens: ReturnPathTokens;
  #validated = false;

  constructor(end: PathEnd, limit: AmplificationLimit, tokens: ReturnPathTokens) {
    this.#end = end;
    this.#limit = limit;
    this.#tokens = tokens;
  }

  validate(): void {
    this.#validated = true;
  }

  /** A request came from this address, perhaps with the token of a challenge. */
  received(bytes: number, token: Uint8Array | undefined): void {
    if (this.#validated) return;
    this.bytesIn += bytes;
    if (token !== undefined) this.#validated = this.#tokens.accepts(token, this.#end.address);
  }

  /** Whether a reply of this size may be sent. If so, its bytes are counted. */
  admits(bytes: number): boolean {
    return this.#validated || this.#limit.admits(this.#end.host, this, bytes);
  }

  withheld(): void {
    this.#limit.withheld();
  }

  /** The challenge that is sent instead of the reply to a request. */
  challenge(id: TransactionId): OutboundFrame {
    return encodeSignal(
      'challenge',
      id,
      challengeHeaderMap(this.#tokens.tokenOf(this.#end.address)),
    );
  }
}

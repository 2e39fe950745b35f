/**
 * Replies: sends the replies to a peer's requests. While the peer's address is not validated,
 * replies are limited, and an rpcudp endpoint is challenged to validate its address.
 */
import type { RepliedTo, ReplySender } from '../handler/owner.js';
import { MAX_BUNDLING_BYTES } from '../wire/bundle.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { Departures } from './departures.js';
import type { ReturnPath } from './return-path.js';

export class Replies implements ReplySender {
  readonly #departures: Pick<Departures, 'send' | 'sendAlone'>;
  readonly #returnPath: ReturnPath;

  constructor(departures: Pick<Departures, 'send' | 'sendAlone'>, returnPath: ReturnPath) {
    this.#departures = departures;
    this.#returnPath = returnPath;
  }

  requested(bytes: number, token: Uint8Array | undefined): void {
    this.#returnPath.received(bytes, token);
  }

  /** The peer answered a call of this endpoint, which validates its address. */
  validate(): void {
    this.#returnPath.validate();
  }

  send(frame: OutboundFrame, request: RepliedTo): void {
    const { native } = request;
    const bytes = native ? frame.length + MAX_BUNDLING_BYTES : frame.length;
    if (!this.#mayReply(bytes, request)) return;
    if (native) this.#departures.send(frame);
    else this.#departures.sendAlone(frame);
  }

  /**
   * Sends a repeated reply in its own datagram, like a repeated request: if the path does not carry
   * bundles, bundled replies would be lost again each time.
   */
  sendAgain(frame: OutboundFrame, request: RepliedTo): void {
    if (this.#mayReply(frame.length, request)) this.#departures.sendAlone(frame);
  }

  /**
   * Whether a reply of this size may be sent. If not, it is counted as withheld, and an rpcudp
   * endpoint is challenged.
   */
  #mayReply(bytes: number, request: RepliedTo): boolean {
    if (this.#returnPath.admits(bytes)) return true;
    this.#returnPath.withheld();
    if (!request.native) return false;
    const challenge = this.#returnPath.challenge(request.transactionId);
    if (this.#returnPath.admits(challenge.length)) this.#departures.sendAlone(challenge);
    return false;
  }
}

/**
 * A peer's replies: what goes back for its requests. While nobody knows whether the peer is where its requests say that they
 * come from, no more goes there than that is worth; an rpcudp endpoint is asked to show that it is there.
 */
import type { RepliedTo, ReplySender } from '../handler/owner.js';
import { MAX_BUNDLING_BYTES } from '../wire/bundle.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { Departures, Destination } from './departures.js';
import type { ReturnPath } from './return-path.js';

export class Replies implements ReplySender {
  readonly #destination: Destination;
  readonly #departures: Departures;
  readonly #returnPath: ReturnPath;

  constructor(destination: Destination, departures: Departures, returnPath: ReturnPath) {
    this.#destination = destination;
    this.#departures = departures;
    this.#returnPath = returnPath;
  }

  /** A request of the peer's arrived, perhaps with the token of a challenge. */
  requested(bytes: number, token: Uint8Array | undefined): void {
    this.#returnPath.received(bytes, token);
  }

  /** The peer answered a call of ours: it is where it says. */
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

  /** Like a repeated request: had the path no room for bundles, replies would be lost together each time. */
  sendAgain(frame: OutboundFrame, request: RepliedTo): void {
    if (this.#mayReply(frame.length, request)) this.#departures.sendAlone(frame);
  }

  /** Whether so much may go there; if not, what is withheld is counted. */
  #mayReply(bytes: number, request: RepliedTo): boolean {
    const { host } = this.#destination;
    if (this.#returnPath.admits(host, bytes)) return true;
    this.#returnPath.withheld();
    if (!request.native) return false;
    const challenge = this.#returnPath.challenge(request.transactionId);
    if (this.#returnPath.admits(host, challenge.length)) this.#departures.sendAlone(challenge);
    return false;
  }
}

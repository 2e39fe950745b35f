/**
 * Stranger: the sender of one datagram, at an address that is not that of a known peer. It is made
 * for this datagram alone, and nothing keeps it. It becomes a peer when its procedure is run.
 */
import type { AnyActorRef } from 'xstate';
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type { Sender } from '../engine/sender.js';
import type { AddressHash } from '../handler/address-hash.js';
import type { Origin, Origins } from '../handler/origin.js';
import type { HandlerOwner } from '../handler/owner.js';
import { PeerRequests } from '../handler/peer-requests.js';
import type { Refusal } from '../handler/refusal.js';
import type { HeaderMap } from '../wire/header-map.js';
import type { OutboundFrame } from '../wire/outbound-frame.js';
import type { PeerActor } from './actor.js';
import type { AmplificationLimit } from './amplification.js';
import { Replies } from './replies.js';
import { ReturnPath } from './return-path.js';
import type { ReturnPathTokens } from './return-path-tokens.js';

/** What all strangers of an endpoint are made with. */
export interface StrangerKit {
  /** The parent of the handlers that refuse their requests. */
  readonly root: AnyActorRef;
  readonly sender: Sender;
  readonly amplification: AmplificationLimit;
  readonly tokens: ReturnPathTokens;
  readonly origins: Origins;
  readonly addressHash: AddressHash;
  /** Makes a peer of a stranger. Or says why there is no room for it. */
  readonly admit: (stranger: Stranger) => PeerActor | Refusal;
}

/** Nothing runs for a stranger. */
const NO_REQUESTS = new PeerRequests({ used: () => undefined, unused: () => undefined });

export class Stranger implements HandlerOwner {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly requests = NO_REQUESTS;
  readonly #kit: StrangerKit;
  #bytes = 0;
  #headerMap: HeaderMap | undefined;
  #heardAtMs = 0;
  #addressHash: number | undefined;
  #replies: Replies | undefined;

  constructor(kit: StrangerKit, host: string, port: number) {
    this.#kit = kit;
    this.host = host;
    this.port = port;
    this.address = formatAddress({ host, port });
  }

  get ref(): AnyActorRef {
    return this.#kit.root;
  }

  get socketAddress(): SocketAddress {
    return { host: this.host, port: this.port };
  }

  get addressHash(): number {
    return (this.#addressHash ??= this.#kit.addressHash.of(this.address));
  }

  get origin(): Origin | undefined {
    return this.#kit.origins.find(this.host);
  }

  /** Replies are limited by the bytes of its one request. */
  get replies(): Replies {
    return (this.#replies ??= this.#makeReplies());
  }

  requested(bytes: number, headerMap: HeaderMap | undefined, nowMs: number): void {
    this.#bytes = bytes;
    this.#headerMap = headerMap;
    this.#heardAtMs = nowMs;
  }

  admit(): PeerActor | Refusal {
    const peer = this.#kit.admit(this);
    if (!('code' in peer)) peer.requested(this.#bytes, this.#headerMap, this.#heardAtMs);
    return peer;
  }

  #makeReplies(): Replies {
    const { amplification, sender, tokens } = this.#kit;
    const returnPath = new ReturnPath(this, amplification, tokens);
    returnPath.received(this.#bytes, this.#headerMap?.token);
    const send = (frame: OutboundFrame): void => {
      sender.send(frame, this.host, this.port);
    };
    return new Replies({ send, sendAlone: send }, returnPath);
  }
}

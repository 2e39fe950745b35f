/**
 * Tenure: a peer's place in the table of peers. While it is in use it keeps its place; otherwise it
 * may be forgotten to make room for another (eviction-order.ts).
 */
import type { AnyActorRef } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { Engine } from '../engine/engine.js';
import type { Origin, Origins } from '../handler/origin.js';
import type { Used } from '../handler/peer-requests.js';
import type { Evictable, EvictionOrder } from './eviction-order.js';
import type { NetworkStrangers } from './network-strangers.js';
import { Presence } from './presence.js';

/** What a peer needs for its place. `Self` is the type of all peers of the table. */
export interface TenureKit<Self extends Evictable<Self>> {
  readonly root: AnyActorRef;
  readonly origins: Origins;
  readonly evictionOrder: EvictionOrder<Self>;
}

export abstract class Tenure<Self extends Tenure<Self>>
  extends Presence
  implements Evictable<Self>, Used
{
  /** The list of the eviction order that it is in, if any, and its links there. */
  list: object | undefined;
  previous: Self | undefined;
  next: Self | undefined;
  friend: boolean;
  strangers: NetworkStrangers<Self> | undefined;
  origin: Origin | undefined;
  readonly #kit: TenureKit<Self>;
  /** Open calls, running procedures, and one more while it has listeners. */
  #uses = 0;

  constructor(
    engine: Engine,
    kit: TenureKit<Self>,
    address: SocketAddress,
    friend: boolean,
    resolved: boolean,
  ) {
    super(engine, kit.root, address, resolved);
    this.#kit = kit;
    this.friend = friend;
    this.origin = resolved ? kit.origins.take(address.host) : undefined;
  }

  get inUse(): boolean {
    return this.#uses > 0;
  }

  used(): void {
    this.#uses += 1;
  }

  unused(): void {
    this.#uses -= 1;
    if (this.#uses === 0 && !this.forgotten) this.#kit.evictionOrder.unused(this.self);
  }

  /** This peer. */
  protected abstract get self(): Self;

  /** The host name was looked up. */
  protected override moveTo(host: string): void {
    this.origin = this.#kit.origins.take(host);
    super.moveTo(host);
  }

  /** Ends the actor. Requests of the peer are remembered by its address, and not here. */
  forget(): void {
    this.receive({ type: 'forgotten' });
    if (this.origin !== undefined) this.#kit.origins.release(this.origin);
    this.origin = undefined;
  }
}

/**
 * Presence: where a peer is, and its health. It runs the peer machine; the peer actor adds calls
 * and replies to it.
 */
import type { AnyActorRef } from 'xstate';
import { LightActor } from '../actor/light-actor.js';
import { compileTable } from '../actor/table.js';
import { formatAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import type { PeerHealth } from '../api/health.js';
import type { Engine } from '../engine/engine.js';
import { peerMachine } from './machine.js';

const table = compileTable(peerMachine);

export class Presence extends LightActor<typeof peerMachine, Engine> {
  /** The endpoint. */
  declare readonly _parent: AnyActorRef;
  /** The canonical address, or `name:port` while the host name is being looked up. */
  address: string;
  host: string;
  readonly port: number;
  /** When a datagram of the peer was last understood. */
  heardAtMs: number | undefined;
  #socketAddress: SocketAddress | undefined;

  /** @param resolved whether `host` is an IP address, and not a name */
  constructor(engine: Engine, root: AnyActorRef, { host, port }: SocketAddress, resolved: boolean) {
    const address = formatAddress({ host, port });
    super(table, engine, { address, resolved }, root);
    this.address = address;
    this.host = host;
    this.port = port;
  }

  override get id(): string {
    return `peer ${this.address}`;
  }

  get health(): PeerHealth {
    return this.state as PeerHealth;
  }

  /** Whether the actor has ended. `PeerTable#get` gives its successor. */
  get forgotten(): boolean {
    return this.done;
  }

  /** Host and port as a frozen object, for procedures. */
  get socketAddress(): SocketAddress {
    return (this.#socketAddress ??= Object.freeze({ host: this.host, port: this.port }));
  }

  /** A datagram of the peer was understood. */
  protected heard(nowMs: number): void {
    this.heardAtMs = nowMs;
    if (this.health !== 'responsive') this.receive({ type: 'heard' });
  }

  /** The host name was looked up. */
  protected moveTo(host: string): void {
    this.host = host;
    this.address = formatAddress({ host, port: this.port });
    this.#socketAddress = undefined;
    this.receive({ type: 'resolved', address: this.address });
  }
}

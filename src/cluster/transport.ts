/**
 * A worker's transport: the socket that all workers of a cluster share, and a door. Whichever worker wakes first
 * reads a datagram; one from an address that belongs to another worker is handed on through that one's door. So
 * each worker sees all that its addresses send, and nothing else.
 */
import { formatAddress, type SocketAddress } from '../address/address.js';
import type { Clock } from '../time/clock.js';
import { TransportClosedError, type Receiver, type Transport } from '../transport/transport.js';
import { openEnvelope } from './envelope.js';
import { DOOR_HOST, Forwarder } from './forwarder.js';
import type { Door } from './message.js';
import { ownerOf } from './owner.js';

/** What a worker's transport counts; a snapshot. */
export interface Forwarding {
  /** Datagrams that were handed on to the workers they belong to. */
  readonly forwarded: number;
  /** Datagrams that others received and handed on to this worker. */
  readonly takenOver: number;
  /** Datagrams that should have been handed on, while their worker was not there or the send queue was full. */
  readonly lost: number;
  /** Datagrams that are too large to be handed on: over some 65,460 bytes. */
  readonly tooLarge: number;
  /** What came to the door without its key, or was no envelope: somebody on this machine knocked. */
  readonly refusedAtDoor: number;
  /** What the system dropped for want of room in the door's receive buffer, where it tells. */
  readonly doorDrops: number | undefined;
}

/** The cluster, as a transport sees it. */
export interface Cluster {
  readonly slot: number;
  readonly workers: number;
  readonly seed: number;
  /** The door of the worker in `slot` for what arrives at `address`; undefined while it is not there. */
  doorOf(address: string, slot: number): Door | undefined;
  /** @throws ClusterError when the cluster is being closed. */
  opening(transport: ClusterTransport): void;
  opened(address: SocketAddress, door: Door): void;
  /** `address` is undefined when it was not opened yet. */
  closed(transport: ClusterTransport, address: SocketAddress | undefined): void;
}

/** The two ends of a worker's transport. */
export interface ClusterTransportParts {
  /** The socket that the workers share. */
  readonly shared: Transport;
  /** A socket of this worker's own at `DOOR_HOST`. */
  readonly door: Transport;
  /** What the door asks for; nobody outside of the cluster can know it. */
  readonly doorKey: Uint8Array;
  readonly clock: Clock;
}

export class ClusterTransport implements Transport {
  readonly sharesPort = true;

  readonly #cluster: Cluster;
  readonly #shared: Transport;
  readonly #door: Transport;
  readonly #doorKey: Uint8Array;
  readonly #forwarder: Forwarder;
  #receiver: Receiver | undefined;
  #address: SocketAddress | undefined;
  /** The address as the cluster calls it. */
  #name = '';
  #failure: Error | undefined;
  #closed: Promise<void> | undefined;
  #takenOver = 0;
  #refusedAtDoor = 0;

  /** @internal Use `joinCluster`. */
  constructor(cluster: Cluster, { shared, door, doorKey, clock }: ClusterTransportParts) {
    this.#cluster = cluster;
    this.#shared = shared;
    this.#door = door;
    this.#doorKey = doorKey;
    this.#forwarder = new Forwarder(clock, door, (slot) => cluster.doorOf(this.#name, slot));
  }

  get family(): 4 | 6 | 'dual' {
    return this.#shared.family;
  }

  get receiveBufferBytes(): number | undefined {
    return this.#shared.receiveBufferBytes;
  }

  /** Of the shared socket: each worker tells the same number. */
  get kernelDrops(): number | undefined {
    return this.#shared.kernelDrops;
  }

  /** What was handed on and taken over. */
  get forwarding(): Forwarding {
    const { forwarded, lost, tooLarge } = this.#forwarder;
    return {
      forwarded,
      takenOver: this.#takenOver,
      lost,
      tooLarge,
      refusedAtDoor: this.#refusedAtDoor,
      doorDrops: this.#door.kernelDrops,
    };
  }

  async open(receiver: Receiver): Promise<SocketAddress> {
    this.#requireNotClosed();
    if (this.#receiver !== undefined) throw new Error('The transport was opened before');
    this.#cluster.opening(this);
    this.#receiver = receiver;
    try {
      const { port } = await this.#door.open({
        datagramReceived: (envelope, sender) => {
          this.#takeIn(receiver, envelope, sender);
        },
        transportFailed: this.#partFailed,
      });
      const address = await this.#shared.open({
        datagramReceived: (datagram, host, from) => {
          this.#sort(receiver, datagram, host, from);
        },
        transportFailed: this.#partFailed,
      });
      this.#requireNotClosed();
      this.#name = formatAddress(address);
      this.#address = address;
      this.#cluster.opened(address, { port, key: this.#doorKey });
      return address;
    } catch (error) {
      void this.close();
      throw this.#failure ?? error;
    }
  }

  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    this.#shared.send(datagram, host, port, done);
  }

  close(): Promise<void> {
    if (this.#closed === undefined) {
      this.#cluster.closed(this, this.#address);
      this.#forwarder.flush();
      const closed = Promise.all([this.#shared.close(), this.#door.close()]);
      this.#closed = closed.then(() => undefined);
    }
    return this.#closed;
  }

  /** @internal Closes the transport, and says why: to its receiver, or to whoever is opening it. */
  fail(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#failure = error;
    const wasOpen = this.#address !== undefined;
    void this.close();
    if (wasOpen) this.#receiver?.transportFailed(error);
  }

  readonly #partFailed = (error: Error): void => {
    this.fail(error);
  };

  /** A datagram arrived at the shared socket: it is ours, or goes to the worker it belongs to. */
  #sort(receiver: Receiver, datagram: Buffer, host: string, port: number): void {
    const { slot, seed, workers } = this.#cluster;
    const owner = ownerOf(host, port, seed, workers);
    if (owner === slot) receiver.datagramReceived(datagram, host, port);
    else this.#forwarder.forward(owner, datagram, host, port);
  }

  /** An envelope arrived at the door. */
  #takeIn(receiver: Receiver, envelope: Buffer, sender: string): void {
    const letters = sender === DOOR_HOST ? openEnvelope(envelope, this.#doorKey) : undefined;
    if (letters === undefined) {
      this.#refusedAtDoor += 1;
      return;
    }
    for (const { datagram, host, port } of letters) {
      // What came before may have closed the transport.
      if (this.#closed !== undefined) return;
      this.#takenOver += 1;
      receiver.datagramReceived(datagram, host, port);
    }
  }

  #requireNotClosed(): void {
    if (this.#closed !== undefined) throw new TransportClosedError();
  }
}

/**
 * Cluster transport: the transport of a worker. It has the socket that all workers share, and a
 * door. The worker that wakes first reads a datagram. If the source address belongs to another
 * worker, it forwards the datagram to that worker's door. So each worker gets everything that its
 * addresses send, and nothing else.
 */
import { formatAddress, type SocketAddress } from '../address/address.js';
import type { Clock } from '../time/clock.js';
import { TransportClosedError, type Receiver, type Transport } from '../transport/transport.js';
import { openEnvelope } from './envelope.js';
import { DOOR_HOST, Forwarder } from './forwarder.js';
import type { Door } from './message.js';
import { ownerOf } from './owner.js';

/** A snapshot of the counts of a worker's transport. */
export interface Forwarding {
  /** Datagrams that were forwarded to the workers that they belong to. */
  readonly forwarded: number;
  /** Datagrams that other workers received and forwarded to this worker. */
  readonly takenOver: number;
  /** Datagrams that were not forwarded: their worker had no door, or the send queue was full. */
  readonly lost: number;
  /** Datagrams that are too large to be forwarded: over about 65,460 bytes. */
  readonly tooLarge: number;
  /**
   * Datagrams to the door without its key, or that were not envelopes. Another program on this
   * machine sent them.
   */
  readonly refusedAtDoor: number;
  /**
   * Datagrams to the door that the system dropped, because the receive buffer was full; undefined
   * if the system does not report it.
   */
  readonly doorDrops: number | undefined;
}

/** The members of the cluster that a transport uses. */
export interface Cluster {
  readonly slot: number;
  readonly workers: number;
  readonly seed: number;
  /** The door of the worker in `slot` for datagrams to `address`; undefined while it has none. */
  doorOf(address: string, slot: number): Door | undefined;
  /** @throws ClusterError when the cluster is being closed. */
  opening(transport: ClusterTransport): void;
  opened(address: SocketAddress, door: Door): void;
  /** `address` is undefined if the transport was not opened yet. */
  closed(transport: ClusterTransport, address: SocketAddress | undefined): void;
}

export interface ClusterTransportParts {
  readonly shared: Transport;
  /** A socket at `DOOR_HOST` that only this worker has. */
  readonly door: Transport;
  /** The key that envelopes must have. Only this cluster knows it. */
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
  /** The address as text, as `doorOf` takes it. */
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

  /** The drops of the shared socket. Each worker gives the same number. */
  get kernelDrops(): number | undefined {
    return this.#shared.kernelDrops;
  }

  /** The counts of datagrams that were forwarded and taken over. */
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
    if (this.#receiver !== undefined) throw new Error('The transport has already been opened');
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

  /**
   * The sockets of the worker do not keep its process alive. Its membership does: it lives until
   * the primary closes the cluster.
   */
  unref(): void {
    this.#shared.unref?.();
    this.#door.unref?.();
  }

  ref(): void {
    this.#shared.ref?.();
    this.#door.ref?.();
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

  /** @internal Closes the transport. Its receiver gets the error, or `open` rejects with it. */
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

  /** Takes a datagram of the shared socket, or forwards it to the worker that it belongs to. */
  #sort(receiver: Receiver, datagram: Buffer, host: string, port: number): void {
    const { slot, seed, workers } = this.#cluster;
    const owner = ownerOf(host, port, seed, workers);
    if (owner === slot) receiver.datagramReceived(datagram, host, port);
    else this.#forwarder.forward(owner, datagram, host, port);
  }

  #takeIn(receiver: Receiver, envelope: Buffer, sender: string): void {
    const letters = sender === DOOR_HOST ? openEnvelope(envelope, this.#doorKey) : undefined;
    if (letters === undefined) {
      this.#refusedAtDoor += 1;
      return;
    }
    for (const { datagram, host, port } of letters) {
      // The previous datagram may have closed the transport.
      if (this.#closed !== undefined) return;
      this.#takenOver += 1;
      receiver.datagramReceived(datagram, host, port);
    }
  }

  #requireNotClosed(): void {
    if (this.#closed !== undefined) throw new TransportClosedError();
  }
}

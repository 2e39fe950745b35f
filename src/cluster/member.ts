/** Cluster member: a worker's transports, and what it does when the cluster is closed. */
import { systemClock } from '../time/clock.js';
import { systemRandom } from '../random.js';
import { udpTransport } from '../transport/udp.js';
import { guardedReport, warnings } from '../engine/warning.js';
import type { Doors } from './doors.js';
import { DOOR_KEY_BYTES } from './envelope.js';
import { ClusterError } from './error.js';
import { DOOR_HOST } from './forwarder.js';
import { encodeDoor } from './message.js';
import type { PrimaryMessage, WorkerMessage } from './message.js';
import { ClusterTransport } from './transport.js';
import type { Cluster } from './transport.js';

export interface WorkerChannel {
  send(message: WorkerMessage): void;
  /** Disconnects from the primary, so that the process ends once it has nothing else to do. */
  disconnect(): void;
}

/** The address of a shared socket. */
export interface ClusterTransportOptions {
  /** The local IP address. Default: all addresses of both IP versions, as with `createEndpoint`. */
  readonly host?: string | undefined;
  /**
   * The local port, the same in every worker. 0 finds a free port, which the workers share as well:
   * the first transport with port 0 of each worker gets one port, the second transport another.
   */
  readonly port: number;
}

/** This worker as a member of its cluster. `joinCluster` gives it. */
export class ClusterMember {
  /** The worker's slot, from 0 to `workers` - 1. A worker that replaces it gets the same slot. */
  readonly slot: number;
  /** The number of workers of the cluster. */
  readonly workers: number;

  readonly #channel: WorkerChannel;
  readonly #cluster: Cluster;
  readonly #reportError = guardedReport(warnings());
  /** The transports that are open or being opened. Bounded by what the program opens. */
  readonly #transports = new Set<ClusterTransport>();
  /** Bounded by the program's `onClose` calls. */
  readonly #closeListeners: (() => unknown)[] = [];
  #closing = false;

  /** @internal Use `joinCluster`. `doors` is updated by the messages of the primary. */
  constructor(
    { slot, workers, seed }: Extract<PrimaryMessage, { rpcudp: 'welcome' }>,
    doors: Doors,
    channel: WorkerChannel,
  ) {
    this.slot = slot;
    this.workers = workers;
    this.#channel = channel;
    this.#cluster = {
      slot,
      workers,
      seed,
      doorOf: (address, owner) => doors.get(address, owner),
      opening: (transport) => {
        if (this.#closing) throw closedError();
        this.#transports.add(transport);
      },
      opened: (address, door) => {
        channel.send({ rpcudp: 'opened', address, door: encodeDoor(door) });
      },
      closed: (transport, address) => {
        this.#transports.delete(transport);
        if (address !== undefined) channel.send({ rpcudp: 'closed', address });
      },
    };
  }

  /**
   * Makes a transport for `createEndpoint({ transport })`. Its UDP socket is shared by all workers
   * that ask for the same address. Every worker must do so, because each worker gets the datagrams
   * of its share of the senders. An endpoint with this transport serves, and makes no calls.
   *
   * @throws {AddressError} when `host` is not an IP address, or `port` is not from 0 to 65535;
   * ClusterError when the cluster is being closed.
   */
  transport({ host, port }: ClusterTransportOptions): ClusterTransport {
    if (this.#closing) throw closedError();
    const doorKey = new Uint8Array(DOOR_KEY_BYTES);
    systemRandom.fillBytes(doorKey);
    return new ClusterTransport(this.#cluster, {
      shared: udpTransport({ port, sharing: 'cluster', ...(host !== undefined && { host }) }),
      door: udpTransport({ host: DOOR_HOST, port: 0 }),
      doorKey,
      clock: systemClock,
    });
  }

  /**
   * Adds a listener for the close of the cluster, which should close this worker's endpoints:
   * `onClose(() => endpoint.close())`. If the cluster is already closing, it is called at once.
   * After the promises of all listeners have settled, transports that are still open fail with a
   * ClusterError, and the worker disconnects from the primary. The primary waits for
   * `closeGraceMs`.
   */
  onClose(listener: () => unknown): void {
    if (this.#closing) void this.#tell(listener);
    else this.#closeListeners.push(listener);
  }

  /** @internal Called when the primary closes the cluster. */
  async leave(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await Promise.all(this.#closeListeners.map((listener) => this.#tell(listener)));
    for (const transport of this.#transports) transport.fail(closedError());
    this.#channel.disconnect();
  }

  async #tell(listener: () => unknown): Promise<void> {
    try {
      await listener();
    } catch (error) {
      this.#reportError(error);
    }
  }
}

function closedError(): ClusterError {
  return new ClusterError('The cluster is closed');
}

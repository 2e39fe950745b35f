/** A worker's place in its cluster: the transports it has there, and what is done when the cluster is closed. */
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

/** A worker's end of the channel to its primary. */
export interface WorkerChannel {
  send(message: WorkerMessage): void;
  /** Lets go of the primary, so that the process ends once it has nothing else to do. */
  disconnect(): void;
}

/** Where a shared socket is bound. */
export interface ClusterTransportOptions {
  /** The local IP address. Default: every address of both IP versions, as with `createEndpoint`. */
  readonly host?: string;
  /**
   * The local port, the same in every worker. 0 finds a free one, which they share as well: the first that each asks
   * for in this way is one port, the second another.
   */
  readonly port: number;
}

/** This worker, as one of its cluster; `joinCluster` gives it. */
export class ClusterMember {
  /** The worker's place, 0 to `workers` - 1. Whoever replaces it after its death gets the same. */
  readonly slot: number;
  /** How many workers the cluster has. */
  readonly workers: number;

  readonly #channel: WorkerChannel;
  readonly #cluster: Cluster;
  readonly #reportError = guardedReport(warnings());
  /** Those that are open, or being opened. Bounded by the program's own. */
  readonly #transports = new Set<ClusterTransport>();
  /** Bounded by the program's own `onClose` calls. */
  readonly #closeListeners: (() => unknown)[] = [];
  #closing = false;

  /** @internal Use `joinCluster`. `doors` follows what the primary tells. */
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
   * A transport for `createEndpoint({ transport })`, over a UDP socket that it shares with all workers that ask for
   * the same address. Every worker has to: each gets what its own share of the senders send. An endpoint over it
   * serves and makes no calls.
   *
   * @throws {AddressError} when `host` is not an IP address, or `port` not 0 to 65535; ClusterError when the cluster
   * is being closed.
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
   * Is called when the primary closes the cluster, to close this worker's endpoints: `onClose(() => endpoint.close())`.
   * Once the promises of all listeners are settled the worker lets go of its primary; transports that are still
   * open then fail with a ClusterError. The primary waits for `closeGraceMs`.
   */
  onClose(listener: () => unknown): void {
    if (this.#closing) void this.#tell(listener);
    else this.#closeListeners.push(listener);
  }

  /** @internal The primary closes the cluster. */
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

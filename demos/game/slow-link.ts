/** Slow link: a transport that carries what another does, late, in order, and not all of it. */
import { systemClock } from 'rpcudp';
import type { Clock, Random, Receiver, SocketAddress, Transport } from 'rpcudp';
import { Lane } from './lane.js';
import type { LaneConditions } from './lane.js';

export class SlowLink implements Transport {
  readonly #inner: Transport;
  readonly #in: Lane;
  readonly #out: Lane;

  constructor(
    inner: Transport,
    conditions: LaneConditions,
    random: Random,
    clock: Clock = systemClock,
  ) {
    this.#inner = inner;
    this.#in = new Lane(conditions, random, clock);
    this.#out = new Lane(conditions, random, clock);
  }

  get family(): Transport['family'] {
    return this.#inner.family;
  }

  open(receiver: Receiver): Promise<SocketAddress> {
    return this.#inner.open({
      datagramReceived: (datagram, host, port) => {
        this.#in.carry(datagram.length, () => receiver.datagramReceived(datagram, host, port));
      },
      transportFailed: (error) => receiver.transportFailed(error),
    });
  }

  /** What leaves the machine is lost without a word, so `done` knows of no error. */
  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    // The bytes belong to the endpoint again when it is done.
    const copy = Uint8Array.from(datagram);
    this.#out.carry(copy.length, () => this.#inner.send(copy, host, port, () => undefined));
    done(null);
  }

  async close(): Promise<void> {
    this.#in.close();
    this.#out.close();
    await this.#inner.close();
  }
}

/**
 * Lossy link: a link between a client and a server that loses, delays and copies datagrams, like a
 * bad network.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { SeededRandom } from 'rpcudp/testing';

interface Conditions {
  /** The same seed loses the same datagrams. */
  readonly seed: number;
  /** The shares of datagrams that are lost or copied, from 0 to 1. */
  readonly loss: number;
  readonly copies: number;
  /** The delay of each datagram. A datagram may overtake another. */
  readonly delayMs: readonly [least: number, most: number];
}

interface Address {
  readonly host: string;
  readonly port: number;
}

export class LossyLink {
  readonly counts = { carried: 0, lost: 0, copied: 0 };
  readonly #conditions: Conditions;
  readonly #random: SeededRandom;
  /** The client sends to the near socket. The server gets datagrams from the far one. */
  readonly #near: Socket;
  readonly #far: Socket;
  #isClosed = false;

  private constructor(near: Socket, far: Socket, server: Address, conditions: Conditions) {
    this.#near = near;
    this.#far = far;
    this.#conditions = conditions;
    this.#random = new SeededRandom(conditions.seed, '/lossy-link');
    let client: Address | undefined;
    near.on('message', (datagram, { address, port }) => {
      client = { host: address, port };
      this.#carry(datagram, far, server);
    });
    far.on('message', (datagram) => {
      if (client !== undefined) this.#carry(datagram, near, client);
    });
  }

  static async open(server: Address, conditions: Conditions): Promise<LossyLink> {
    return new LossyLink(await boundSocket(), await boundSocket(), server, conditions);
  }

  /** The address that the client uses as the server's. */
  get address(): Address {
    const { address, port } = this.#near.address();
    return { host: address, port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const closed = [once(this.#near, 'close'), once(this.#far, 'close')];
    this.#near.close();
    this.#far.close();
    await Promise.all(closed);
  }

  #carry(datagram: Buffer, from: Socket, to: Address): void {
    const { loss, copies, delayMs } = this.#conditions;
    if (this.#random.unit() < loss) {
      this.counts.lost += 1;
      return;
    }
    this.counts.carried += 1;
    const isCopied = this.#random.unit() < copies;
    if (isCopied) this.counts.copied += 1;
    for (let copy = 0; copy <= Number(isCopied); copy += 1) {
      const [least, most] = delayMs;
      const afterMs = least + this.#random.unit() * (most - least);
      setTimeout(() => {
        if (!this.#isClosed) from.send(datagram, to.port, to.host);
      }, afterMs);
    }
  }
}

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

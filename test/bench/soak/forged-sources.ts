/**
 * Forged sources: a transport that gives the datagrams of strangers other sources than those that
 * the kernel saw. See `../soak.ts` for why.
 */
import type { Receiver, SocketAddress, Transport } from 'rpcudp';
import { strangerAddress } from './stranger-address.js';

const LOOPBACK = '127.0.0.1';
/**
 * The network in which honest clients seem to be, 198.18.0.0/16: the last two octets are their
 * port. In the loopback network, to which they belong, no limit for strangers would apply to them.
 * RFC 2544 sets this network aside for benchmarks.
 */
const HONEST = '198.18.';

/** The strangers' number is in front of each of their datagrams. */
export const NUMBER_BYTES = 4;

export class ForgedSources implements Transport {
  readonly family = 4;
  /** How many strangers were heard. */
  strangers = 0;
  strangerDatagrams = 0;
  readonly #inner: Transport;
  readonly #strangersPort: number;
  #newest = -1;

  /** @param strangersPort the port from which all datagrams of strangers really come */
  constructor(inner: Transport, strangersPort: number) {
    this.#inner = inner;
    this.#strangersPort = strangersPort;
  }

  get receiveBufferBytes(): number | undefined {
    return this.#inner.receiveBufferBytes;
  }

  get kernelDrops(): number | undefined {
    return this.#inner.kernelDrops;
  }

  open(receiver: Receiver): Promise<SocketAddress> {
    return this.#inner.open({
      datagramReceived: (datagram, _host, port) => {
        if (port === this.#strangersPort) this.#deliverForged(receiver, datagram);
        else receiver.datagramReceived(datagram, honestHost(port), port);
      },
      transportFailed: (error) => {
        receiver.transportFailed(error);
      },
    });
  }

  /** What is not for an honest client goes to the socket of the strangers, which never answers. */
  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    const to = host.startsWith(HONEST) ? port : this.#strangersPort;
    this.#inner.send(datagram, LOOPBACK, to, done);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #deliverForged(receiver: Receiver, numbered: Buffer): void {
    const number = numbered.readUInt32BE(0);
    this.strangerDatagrams += 1;
    // Numbers rise, and those that are repeated follow at once.
    if (number > this.#newest) this.strangers += 1;
    this.#newest = Math.max(this.#newest, number);
    const { host, port } = strangerAddress(number);
    receiver.datagramReceived(numbered.subarray(NUMBER_BYTES), host, port);
  }
}

function honestHost(port: number): string {
  return `${HONEST}${port >>> 8}.${port & 255}`;
}

/** Simulated transport: behaves like a UDP socket, including its errors. */
import { isIP } from 'node:net';
import { formatAddress, type SocketAddress } from '../address/address.js';
import { inThisContext } from '../time/async-context.js';
import { platform } from '../time/platform.js';
import { BindError } from '../transport/bind-error.js';
import { TransportClosedError, type Receiver, type Transport } from '../transport/transport.js';

/** The largest UDP payload: 65,535 bytes minus the UDP header and, with IPv4, the IP header. */
const MAX_DATAGRAM_BYTES = { 4: 65_507, 6: 65_527 } as const;

/** The range of ports from which port 0 picks (RFC 6335, section 6). */
const FIRST_DYNAMIC_PORT = 49_152;
const LAST_PORT = 65_535;

/** The members of the network that its transports use. */
export interface Wire {
  /** The receivers by canonical address. Bounded by the open transports. */
  readonly receivers: Map<string, Receiver>;
  inject(datagram: Uint8Array, from: SocketAddress, to: SocketAddress): void;
}

/** One address on a simulated network. `SimulatedNetwork#transport` makes it. */
export class SimulatedTransport implements Transport {
  readonly family: 4 | 6;
  readonly #wire: Wire;
  #address: SocketAddress;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(wire: Wire, address: SocketAddress) {
    this.family = address.host.includes(':') ? 6 : 4;
    this.#wire = wire;
    this.#address = address;
  }

  open(receiver: Receiver): Promise<SocketAddress> {
    return new Promise((resolve) => {
      resolve(this.#bind(receiver));
    });
  }

  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    const error = this.#sendError(datagram, host, port);
    if (error === null) this.#wire.inject(datagram, this.#address, { host, port });
    // Later, because a real socket also calls back after `send` has returned.
    platform.queueMicrotask(() => {
      done(error);
    });
  }

  close(): Promise<void> {
    if (this.#state === 'open') this.#wire.receivers.delete(formatAddress(this.#address));
    this.#state = 'closed';
    return Promise.resolve();
  }

  #bind(receiver: Receiver): SocketAddress {
    if (this.#state === 'open') throw new Error('The transport has already been opened');
    if (this.#state === 'closed') throw new TransportClosedError();
    this.#state = 'closed';
    const { host, port } = this.#address;
    const address = { host, port: port === 0 ? this.#freePort(host) : port };
    if (this.#wire.receivers.has(formatAddress(address))) throw addressInUse(address);
    this.#address = address;
    this.#wire.receivers.set(formatAddress(address), {
      // Like a real socket, in the async context of whoever opened it.
      datagramReceived: inThisContext((datagram, from, fromPort) => {
        receiver.datagramReceived(datagram, from, fromPort);
      }),
      transportFailed: (error) => {
        receiver.transportFailed(error);
      },
    });
    this.#state = 'open';
    return address;
  }

  #sendError(datagram: Uint8Array, host: string, port: number): Error | null {
    if (this.#state !== 'open') return new TransportClosedError();
    if (!Number.isInteger(port) || port < 1 || port > LAST_PORT) {
      return sendError('ERR_SOCKET_BAD_PORT', host, port);
    }
    if (isIP(host) !== this.family) return sendError('EINVAL', host, port);
    if (datagram.length > MAX_DATAGRAM_BYTES[this.family]) return sendError('EMSGSIZE', host, port);
    return null;
  }

  #freePort(host: string): number {
    for (let port = FIRST_DYNAMIC_PORT; port <= LAST_PORT; port++) {
      if (!this.#wire.receivers.has(formatAddress({ host, port }))) return port;
    }
    throw addressInUse(this.#address);
  }
}

function addressInUse(address: SocketAddress): BindError {
  const message = `bind EADDRINUSE ${formatAddress(address)}`;
  return new BindError(address, Object.assign(new Error(message), { code: 'EADDRINUSE' }));
}

/** Makes an error with a message like that of Node.js. */
function sendError(code: string, host: string, port: number): Error {
  return Object.assign(new Error(`send ${code} ${host}:${port}`), { code, syscall: 'send' });
}

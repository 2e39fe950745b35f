/**
 * Connected UDP: a transport over a socket with one peer. Only to such a socket does a kernel tell
 * what ICMP said about the peer, and by which local address it is reached.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { SocketAddress } from '../address/address.js';
import { closed } from './bound-socket.js';
import { TransportClosedError, type Receiver, type Transport } from './transport.js';

/** What the kernel reports, which may be about any datagram that was sent before. */
export type HearError = (error: NodeJS.ErrnoException) => void;

class ConnectedUdp implements Transport {
  readonly family: 4 | 6;
  readonly #to: SocketAddress;
  readonly #hearError: HearError;
  readonly #socket: Socket;
  #closed: Promise<void> | undefined;

  constructor(to: SocketAddress, hearError: HearError) {
    this.#to = to;
    this.#hearError = hearError;
    this.family = to.host.includes(':') ? 6 : 4;
    this.#socket = createSocket({
      type: this.family === 4 ? 'udp4' : 'udp6',
      // The host is an IP address. By default Node.js would ask its resolver.
      lookup: (host, _options, callback) => {
        callback(null, host, 0);
      },
    });
  }

  async open(receiver: Receiver): Promise<SocketAddress> {
    const { host, port } = this.#to;
    const socket = this.#socket;
    await new Promise<void>((resolve, reject) => {
      // The listener stays: Node.js would end the process if an error had none.
      socket.on('error', (error: NodeJS.ErrnoException) => {
        reject(error);
        this.#hearError(error);
      });
      socket.connect(port, host, (error?: Error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    if (this.#closed !== undefined) throw new TransportClosedError();
    socket.on('message', (datagram) => {
      receiver.datagramReceived(datagram, host, port);
    });
    const { address, port: localPort } = socket.address();
    return { host: address, port: localPort };
  }

  send(
    datagram: Uint8Array,
    _host: string,
    _port: number,
    done: (error: Error | null) => void,
  ): void {
    try {
      this.#socket.send(datagram, done);
    } catch (error) {
      done(error as Error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= closed(this.#socket);
    return this.#closed;
  }
}

/**
 * A transport that reaches only `to`, whose host is an IP address: whatever is sent goes there, and
 * only what comes from there is received. `hearError` gets what the kernel learns about it
 * (`ECONNREFUSED` for ICMP's "port unreachable"), of which sends may get some instead.
 */
export function connectedUdp(to: SocketAddress, hearError: HearError): Transport {
  return new ConnectedUdp(to, hearError);
}

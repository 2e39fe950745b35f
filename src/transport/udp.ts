/** UDP: the transport over a dgram socket of this machine. */
import { createSocket as createSystemSocket, type Socket, type SocketOptions } from 'node:dgram';
import { canonicalHost, parseBindAddress, type SocketAddress } from '../address/address.js';
import { BindError, type Sharing } from './bind-error.js';
import { boundSocket, closed, enlargeReceiveBuffer } from './bound-socket.js';
import type { DatagramSocket } from './datagram-socket.js';
import { Interfaces, type ReadInterfaces } from './interfaces.js';
import { kernelDropsOf } from './kernel-drops.js';
import { mayBlameOwnAddress, OwnAddressError } from './own-address-error.js';
import { requireReusePort } from './reuse-port.js';
import { MAX_SEND_QUEUE_BYTES, SendQueueFullError } from './send-queue-full-error.js';
import type { ReadFile } from './system-file.js';
import { TransportClosedError, type Receiver, type Transport } from './transport.js';
import { servesIpv6Alone, TwoSockets } from './two-sockets.js';

const NO_IPV6 = new Set<string | undefined>(['EAFNOSUPPORT', 'EADDRNOTAVAIL']);

/** Errors about an earlier datagram, or a temporary shortage. The socket itself still works. */
const HARMLESS = new Set<string | undefined>([
  'EAGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EINTR',
  'EMSGSIZE',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOBUFS',
  'ENOMEM',
]);

const ANY_IPV6 = '::';
const ANY_IPV4 = '0.0.0.0';
const ANY_HOSTS = new Set([ANY_IPV6, ANY_IPV4]);
const MAPPED_PREFIX = '::ffff:';

/** The options of `udpTransport`. All of them are optional. */
export interface UdpTransportOptions {
  /**
   * The local IP address. Default: every address of both IP versions, or of IPv4 on a machine
   * without IPv6. `'::'` also means both versions, but without this fallback. One socket serves
   * both; on Linux with `net.ipv6.bindv6only`, two sockets with the same port do.
   */
  readonly host?: string | undefined;
  /** The local port, from 0 to 65535. Default 0: any free one. */
  readonly port?: number | undefined;
  /**
   * Which other processes may receive there. Default `'alone'`. An endpoint with a transport that
   * shares its port serves, and makes no calls.
   */
  readonly sharing?: Sharing | undefined;
  /** @internal Makes the socket. For tests that need a faulty one. */
  readonly createSocket?: ((options: SocketOptions) => Socket) | undefined;
  /** @internal Reads what the kernel tells in files. For tests of another kernel. */
  readonly readFile?: ReadFile | undefined;
  /** @internal Lists the network interfaces. For tests of another machine. */
  readonly readInterfaces?: ReadInterfaces | undefined;
}

/** A transport over UDP. */
export interface UdpTransport extends Transport {
  /**
   * The size of the receive buffer in bytes, as the system reports it (Linux reports twice the
   * usable size); 0 before open(). The transport asks for 4 MiB. Undefined under a runtime that
   * cannot tell.
   */
  readonly receiveBufferBytes: number | undefined;
  readonly kernelDrops: number | undefined;
  zoneName(zone: string): string | undefined;
  unref(): void;
  ref(): void;
}

/**
 * Makes a transport over one UDP socket of this machine, as an endpoint without the option
 * `transport` makes its own. Another transport can wrap it.
 *
 * @throws {AddressError} when `host` is not an IP address, or `port` is not from 0 to 65535;
 * OptionError when this runtime has no `reusePort`.
 */
export function udpTransport(options: UdpTransportOptions = {}): UdpTransport {
  const one = new Udp(options);
  if (one.family !== 'dual' || !servesIpv6Alone(options.readFile)) return one;
  const oneSocket = (family: 4 | 6, port: number): Transport =>
    new Udp({ ...options, host: family === 4 ? ANY_IPV4 : ANY_IPV6, port }, family);
  return new TwoSockets({ port: options.port ?? 0, sharesPort: one.sharesPort, oneSocket });
}

class Udp implements UdpTransport {
  readonly #address: SocketAddress;
  readonly #mayFallBack: boolean;
  readonly #sharing: Sharing;
  readonly #createSocket: (options: SocketOptions) => Socket;
  readonly #readFile: ReadFile | undefined;
  readonly #interfaces: Interfaces;
  #family: 4 | 6 | 'dual';
  #receiver: Receiver | undefined;
  #socket: DatagramSocket | undefined;
  #bound: SocketAddress | undefined;
  #receiveBufferBytes: number | undefined = 0;
  #kernelDrops: number | undefined;
  /**
   * An upper bound of the bytes in the send queue: the size at the last query, plus all bytes sent
   * since. To query the socket for each datagram would cost one more call into libuv each time. The
   * initial value makes the first send query the socket.
   */
  #mostQueuedBytes = MAX_SEND_QUEUE_BYTES;
  #closed: Promise<void> | undefined;
  #holding = true;

  /** @param family for a socket at `'::'` that serves IPv6 alone */
  constructor(options: UdpTransportOptions, family?: 4 | 6) {
    const { host, port = 0, sharing = 'alone', createSocket = createSystemSocket } = options;
    this.#address = parseBindAddress({ host: host ?? ANY_IPV6, port });
    this.#mayFallBack = host === undefined;
    if (sharing === 'reusePort') requireReusePort();
    this.#sharing = sharing;
    this.#createSocket = createSocket;
    this.#readFile = options.readFile;
    this.#interfaces = new Interfaces({ read: options.readInterfaces });
    this.#family = family ?? familyOf(this.#address.host);
  }

  get family(): 4 | 6 | 'dual' {
    return this.#family;
  }

  get sharesPort(): boolean {
    return this.#sharing !== 'alone';
  }

  get receiveBufferBytes(): number | undefined {
    return this.#receiveBufferBytes;
  }

  get kernelDrops(): number | undefined {
    this.#readKernelDrops();
    return this.#kernelDrops;
  }

  async open(receiver: Receiver): Promise<SocketAddress> {
    this.#requireNotClosed();
    if (this.#receiver !== undefined) throw new Error('The transport has already been opened');
    this.#receiver = receiver;
    try {
      return await this.#bindWithFallback(receiver);
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    const refusal = this.#trySend(datagram, host, port, done);
    if (refusal !== undefined) done(refusal);
  }

  zoneName(zone: string): string | undefined {
    return this.#interfaces.zoneName(zone);
  }

  explainRefusal(error: NodeJS.ErrnoException): Error {
    const own = this.#bound;
    if (own === undefined || ANY_HOSTS.has(own.host) || !mayBlameOwnAddress(error)) return error;
    return this.#interfaces.has(own.host) === false ? new OwnAddressError(own, error) : error;
  }

  unref(): void {
    this.#holding = false;
    this.#socket?.unref();
  }

  ref(): void {
    this.#holding = true;
    this.#socket?.ref();
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#readKernelDrops();
    this.#socket = undefined;
    this.#closed ??= socket === undefined ? Promise.resolve() : closed(socket);
    return this.#closed;
  }

  /** Gives an error that occurs at once. Otherwise the socket will call `done`. */
  #trySend(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): Error | undefined {
    const socket = this.#socket;
    if (socket === undefined) return new TransportClosedError();
    const mapped = this.#family === 'dual' && !host.includes(':');
    try {
      if (this.#mostQueuedBytes + datagram.length > MAX_SEND_QUEUE_BYTES) {
        this.#mostQueuedBytes = socket.getSendQueueSize();
        if (this.#mostQueuedBytes + datagram.length > MAX_SEND_QUEUE_BYTES) {
          return new SendQueueFullError(this.#mostQueuedBytes, datagram.length);
        }
      }
      this.#mostQueuedBytes += datagram.length;
      socket.send(datagram, port, mapped ? MAPPED_PREFIX + host : host, done);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** Reads the count while the socket is open, so that it is known after the close. */
  #readKernelDrops(): void {
    if (this.#socket === undefined || this.#bound === undefined) return;
    this.#kernelDrops = kernelDropsOf(this.#bound, this.#readFile) ?? this.#kernelDrops;
  }

  async #bindWithFallback(receiver: Receiver): Promise<SocketAddress> {
    try {
      return await this.#bind(this.#address, receiver);
    } catch (error) {
      const withoutIpv6 = error instanceof BindError && NO_IPV6.has(error.cause.code);
      if (!this.#mayFallBack || !withoutIpv6) throw error;
      this.#family = 4;
      return await this.#bind({ host: ANY_IPV4, port: this.#address.port }, receiver);
    }
  }

  async #bind(address: SocketAddress, receiver: Receiver): Promise<SocketAddress> {
    this.#requireNotClosed();
    const socket = await boundSocket({
      address,
      family: this.#family,
      sharing: this.#sharing,
      createSocket: this.#createSocket,
    });
    try {
      this.#requireNotClosed();
      const { address: host, port } = socket.address();
      this.#bound = { host, port };
      this.#receiveBufferBytes = enlargeReceiveBuffer(socket);
      this.#receive(socket, receiver);
      return this.#bound;
    } catch (error) {
      await closed(socket);
      throw error;
    }
  }

  #requireNotClosed(): void {
    if (this.#closed !== undefined) throw new TransportClosedError();
  }

  #receive(socket: DatagramSocket, receiver: Receiver): void {
    this.#socket = socket;
    if (!this.#holding) socket.unref();
    const ipv4 = this.#family === 4;
    socket.on('message', (datagram, { address, port }) => {
      receiver.datagramReceived(datagram, ipv4 ? address : canonicalSource(address), port);
    });
    const fail = (error: Error): void => {
      if (this.#socket !== socket) return;
      void this.close();
      receiver.transportFailed(error);
    };
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall !== 'send' && !HARMLESS.has(error.code)) fail(error);
    });
    socket.on('close', () => {
      fail(new Error('The socket was closed by other code'));
    });
  }
}

function familyOf(host: string): 4 | 6 | 'dual' {
  if (host === ANY_IPV6) return 'dual';
  return host.includes(':') ? 6 : 4;
}

/** libuv writes IPv6 in the form of RFC 5952, except for addresses that embed IPv4. */
function canonicalSource(host: string): string {
  if (!host.includes('.')) return host;
  return host.startsWith(MAPPED_PREFIX) ? host.slice(MAPPED_PREFIX.length) : canonicalHost(host);
}

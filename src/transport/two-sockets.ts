/**
 * Two sockets: one port over both IP versions, on a system whose IPv6 sockets serve IPv6 alone.
 * Node.js cannot make such a socket serve both: it only sets `IPV6_V6ONLY`, and never clears it.
 */
import type { SocketAddress } from '../address/address.js';
import { BindError } from './bind-error.js';
import { systemFile, type ReadFile } from './system-file.js';
import { TransportClosedError, type Receiver, type Transport } from './transport.js';

/** The default of `IPV6_V6ONLY` for new sockets, on Linux (Documentation/networking/ip-sysctl). */
const BINDV6ONLY = '/proc/sys/net/ipv6/bindv6only';

/** How many ports that are free over IPv6 are tried, when any port will do. */
const MAX_PORTS = 16;

/** Whether an IPv6 socket serves IPv6 alone, unless it is told otherwise. Never throws. */
export function servesIpv6Alone(readFile: ReadFile = systemFile): boolean {
  try {
    return readFile(BINDV6ONLY).trim() === '1';
  } catch {
    return false;
  }
}

export interface TwoSocketsOptions {
  /** The local port; 0 for any one that is free over both versions. */
  readonly port: number;
  readonly sharesPort: boolean;
  /** Makes the transport of one IP version, which serves that version alone. */
  readonly oneSocket: (family: 4 | 6, port: number) => Transport;
}

export class TwoSockets implements Transport {
  readonly family = 'dual';
  readonly sharesPort: boolean;
  readonly #options: TwoSocketsOptions;
  #ipv6: Transport | undefined;
  #ipv4: Transport | undefined;
  #receiver: Receiver | undefined;
  #closed: Promise<void> | undefined;
  #holding = true;

  constructor(options: TwoSocketsOptions) {
    this.#options = options;
    this.sharesPort = options.sharesPort;
  }

  /** The size of the smaller buffer. */
  get receiveBufferBytes(): number | undefined {
    if (this.#ipv6 === undefined || this.#ipv4 === undefined) return 0;
    const [ipv6, ipv4] = [this.#ipv6.receiveBufferBytes, this.#ipv4.receiveBufferBytes];
    return ipv6 === undefined || ipv4 === undefined ? undefined : Math.min(ipv6, ipv4);
  }

  get kernelDrops(): number | undefined {
    const [ipv6, ipv4] = [this.#ipv6?.kernelDrops, this.#ipv4?.kernelDrops];
    return ipv6 === undefined || ipv4 === undefined ? undefined : ipv6 + ipv4;
  }

  async open(receiver: Receiver): Promise<SocketAddress> {
    this.#requireNotClosed();
    if (this.#receiver !== undefined) throw new Error('The transport has already been opened');
    this.#receiver = receiver;
    for (let portsLeft = MAX_PORTS; ; portsLeft -= 1) {
      try {
        return await this.#openBoth(receiver);
      } catch (error) {
        await this.#closeSockets();
        const isTaken = error instanceof BindError && error.cause.code === 'EADDRINUSE';
        const mayTryAnother = this.#options.port === 0 && isTaken && portsLeft > 1;
        if (mayTryAnother && this.#closed === undefined) continue;
        void this.close();
        throw error;
      }
    }
  }

  async #openBoth(receiver: Receiver): Promise<SocketAddress> {
    const relay: Receiver = {
      datagramReceived: (datagram, host, port) => {
        receiver.datagramReceived(datagram, host, port);
      },
      transportFailed: (error) => {
        // The other one works, but half an endpoint would be a riddle.
        if (this.#closed !== undefined) return;
        void this.close();
        receiver.transportFailed(error);
      },
    };
    this.#ipv6 = this.#oneSocket(6, this.#options.port);
    const address = await this.#ipv6.open(relay);
    this.#requireNotClosed();
    this.#ipv4 = this.#oneSocket(4, address.port);
    await this.#ipv4.open(relay);
    this.#requireNotClosed();
    return address;
  }

  #oneSocket(family: 4 | 6, port: number): Transport {
    const socket = this.#options.oneSocket(family, port);
    if (!this.#holding) socket.unref?.();
    return socket;
  }

  send(
    datagram: Uint8Array,
    host: string,
    port: number,
    done: (error: Error | null) => void,
  ): void {
    const socket = host.includes(':') ? this.#ipv6 : this.#ipv4;
    if (socket === undefined) done(new TransportClosedError());
    else socket.send(datagram, host, port, done);
  }

  zoneName(zone: string): string | undefined {
    return this.#ipv6?.zoneName?.(zone);
  }

  unref(): void {
    this.#holding = false;
    for (const socket of [this.#ipv6, this.#ipv4]) socket?.unref?.();
  }

  ref(): void {
    this.#holding = true;
    for (const socket of [this.#ipv6, this.#ipv4]) socket?.ref?.();
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeSockets();
    return this.#closed;
  }

  async #closeSockets(): Promise<void> {
    await Promise.all([this.#ipv6?.close(), this.#ipv4?.close()]);
  }

  #requireNotClosed(): void {
    if (this.#closed !== undefined) throw new TransportClosedError();
  }
}

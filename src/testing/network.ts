import { isIP } from 'node:net';
import { canonicalHost, formatAddress, parseBindAddress, type SocketAddress } from '../address.js';
import { BindError } from '../transport/bind-error.js';
import { TransportClosedError, type Receiver, type Transport } from '../transport/transport.js';
import type { SimulatedClock } from './clock.js';
import { SeededRandom } from './random.js';

/** The largest UDP payload: 65,535 bytes less the UDP header, and less the IP header in IPv4. */
const MAX_DATAGRAM_BYTES = { 4: 65_507, 6: 65_527 } as const;

/** The ports that port 0 picks from (RFC 6335 section 6). */
const FIRST_DYNAMIC_PORT = 49_152;
const LAST_PORT = 65_535;

/** What happens to datagrams on their way, in one direction. */
export interface LinkConditions {
  /** The share of datagrams that get lost, 0 to 1. Default 0. */
  readonly lossRate: number;
  /** The share of datagrams that arrive twice, 0 to 1. Default 0. */
  readonly duplicationRate: number;
  /**
   * How long a datagram travels, drawn evenly from this range. Default 1 ms. A range reorders:
   * who travels shorter arrives first.
   */
  readonly delayMs: { readonly min: number; readonly max: number };
}

export interface SimulatedNetworkOptions extends Partial<LinkConditions> {
  readonly clock: SimulatedClock;
  /** The same seed and the same program give the same losses, copies and delays. */
  readonly seed: number;
}

/** Counts of datagrams; always `sent + duplicated = delivered + lost + inFlight`. */
export interface NetworkStats {
  readonly sent: number;
  readonly duplicated: number;
  readonly delivered: number;
  /** Dropped by the link or a partition, or nobody listened where they arrived. */
  readonly lost: number;
  readonly inFlight: number;
}

/** A network in memory: UDP's promises, kept as badly as asked for, and the same for the same seed. */
export class SimulatedNetwork {
  readonly #clock: SimulatedClock;
  readonly #random: SeededRandom;
  readonly #conditions: LinkConditions;
  /** By `from>to` hosts. These three are bounded by what the test sets up. */
  readonly #links = new Map<string, LinkConditions>();
  readonly #partitions = new Set<string>();
  readonly #receivers = new Map<string, Receiver>();
  #sent = 0;
  #duplicated = 0;
  #delivered = 0;
  #lost = 0;
  #inFlight = 0;

  constructor({ clock, seed, ...conditions }: SimulatedNetworkOptions) {
    this.#clock = clock;
    this.#random = new SeededRandom(seed, '/network');
    this.#conditions = {
      lossRate: 0,
      duplicationRate: 0,
      delayMs: { min: 1, max: 1 },
      ...conditions,
    };
  }

  /**
   * A transport at one IP address and port; 0 picks the next free one, from 49152 on. There are no
   * wildcards: `0.0.0.0` is an address like any other.
   *
   * @throws {AddressError} when `host` is not an IP address, or `port` not 0 to 65535.
   */
  transport(host: string, port = 0): Transport {
    return new SimulatedTransport(this, this.#receivers, parseBindAddress({ host, port }));
  }

  /** Conditions for what `fromHost` sends to `toHost` from now on; the rest is as network-wide. */
  setLink(fromHost: string, toHost: string, conditions: Partial<LinkConditions>): void {
    this.#links.set(canonicalLinkKey(fromHost, toHost), { ...this.#conditions, ...conditions });
  }

  /** Cuts two hosts off from each other, both ways. What is in flight still arrives. */
  partition(hostA: string, hostB: string): void {
    this.#partitions.add(canonicalLinkKey(hostA, hostB)).add(canonicalLinkKey(hostB, hostA));
  }

  /** Ends a partition. */
  heal(hostA: string, hostB: string): void {
    this.#partitions.delete(canonicalLinkKey(hostA, hostB));
    this.#partitions.delete(canonicalLinkKey(hostB, hostA));
  }

  get stats(): NetworkStats {
    return {
      sent: this.#sent,
      duplicated: this.#duplicated,
      delivered: this.#delivered,
      lost: this.#lost,
      inFlight: this.#inFlight,
    };
  }

  /** Puts a datagram on the wire. The source need not exist: so does an attacker forge it. */
  inject(datagram: Uint8Array, from: SocketAddress, to: SocketAddress): void {
    const key = linkKey(from.host, to.host);
    const { lossRate, duplicationRate, delayMs } = this.#links.get(key) ?? this.#conditions;
    this.#sent += 1;
    // Both are drawn for every datagram, so that a rate of 0 does not shift what follows.
    const isLost = this.#random.unit() < lossRate;
    const isDuplicated = this.#random.unit() < duplicationRate;
    if (isLost || this.#partitions.has(key)) {
      this.#lost += 1;
      return;
    }
    const sent = copyOf(datagram);
    this.#carry(sent, from, to, delayMs);
    if (!isDuplicated) return;
    this.#duplicated += 1;
    this.#carry(sent, from, to, delayMs);
  }

  #carry(
    datagram: Buffer,
    from: SocketAddress,
    to: SocketAddress,
    { min, max }: LinkConditions['delayMs'],
  ): void {
    this.#inFlight += 1;
    this.#clock.setTimeout(
      () => {
        this.#inFlight -= 1;
        const receiver = this.#receivers.get(formatAddress(to));
        if (receiver === undefined) {
          this.#lost += 1;
          return;
        }
        this.#delivered += 1;
        receiver.datagramReceived(copyOf(datagram), from.host, from.port);
      },
      min + this.#random.unit() * (max - min),
    );
  }
}

class SimulatedTransport implements Transport {
  readonly family: 4 | 6;
  readonly #network: SimulatedNetwork;
  readonly #receivers: Map<string, Receiver>;
  #address: SocketAddress;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(network: SimulatedNetwork, receivers: Map<string, Receiver>, address: SocketAddress) {
    this.family = familyOf(address.host);
    this.#network = network;
    this.#receivers = receivers;
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
    if (error === null) this.#network.inject(datagram, this.#address, { host, port });
    // A socket reports back after its caller, too.
    queueMicrotask(() => {
      done(error);
    });
  }

  close(): Promise<void> {
    if (this.#state === 'open') this.#receivers.delete(formatAddress(this.#address));
    this.#state = 'closed';
    return Promise.resolve();
  }

  #bind(receiver: Receiver): SocketAddress {
    if (this.#state === 'open') throw new Error('The transport was opened before');
    if (this.#state === 'closed') throw new TransportClosedError();
    this.#state = 'closed';
    const { host, port } = this.#address;
    const address = { host, port: port === 0 ? this.#freePort(host) : port };
    if (this.#receivers.has(formatAddress(address))) throw addressInUse(address);
    this.#address = address;
    this.#receivers.set(formatAddress(address), receiver);
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
      if (!this.#receivers.has(formatAddress({ host, port }))) return port;
    }
    throw addressInUse(this.#address);
  }
}

function familyOf(host: string): 4 | 6 {
  return host.includes(':') ? 6 : 4;
}

function linkKey(fromHost: string, toHost: string): string {
  return `${fromHost}>${toHost}`;
}

function canonicalLinkKey(fromHost: string, toHost: string): string {
  return linkKey(canonicalHost(fromHost), canonicalHost(toHost));
}

/** A buffer with memory of its own, as a socket gives. */
function copyOf(datagram: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(datagram.length);
  copy.set(datagram);
  return copy;
}

function addressInUse(address: SocketAddress): BindError {
  const message = `bind EADDRINUSE ${formatAddress(address)}`;
  return new BindError(address, Object.assign(new Error(message), { code: 'EADDRINUSE' }));
}

/** As Node words it. */
function sendError(code: string, host: string, port: number): Error {
  return Object.assign(new Error(`send ${code} ${host}:${port}`), { code, syscall: 'send' });
}

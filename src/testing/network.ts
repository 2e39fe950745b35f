/** Simulated network: carries datagrams between the transports of a test. */
import {
  canonicalHost,
  formatAddress,
  parseBindAddress,
  type SocketAddress,
} from '../address/address.js';
import { OptionError } from '../errors.js';
import type { Receiver, Transport } from '../transport/transport.js';
import { SimulatedClock } from './clock.js';
import { conditionsOf, Link, PERFECT_LINK, type LinkConditions, type LossReason } from './link.js';
import { SeededRandom } from './random.js';
import { SimulatedTransport, type Wire } from './transport.js';

export type { DelayMs, LinkConditions, LossReason } from './link.js';

/** The options of a simulated network. Its default conditions are those of a perfect link. */
export interface SimulatedNetworkOptions extends Partial<LinkConditions> {
  readonly clock: SimulatedClock;
  /**
   * The seed of all randomness. The same seed and the same program give the same losses,
   * duplicates, changes and delays.
   */
  readonly seed: number;
  /** Called for every event of every datagram. It must not change the bytes. */
  readonly watch?: ((event: NetworkEvent) => void) | undefined;
}

/** An event of a datagram. `corrupted` follows `sent` and has the bytes that will arrive. */
export interface NetworkEvent {
  readonly type: 'sent' | 'corrupted' | 'duplicated' | 'lost' | 'delivered';
  readonly datagram: Buffer;
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  /** Why it was lost. */
  readonly reason?: LossReason;
}

/** The counts of datagrams. Always, `sent + duplicated = delivered + lost + inFlight`. */
export interface NetworkStats {
  readonly sent: number;
  readonly duplicated: number;
  readonly delivered: number;
  /** Dropped by the link or a partition, or because no transport was open at their destination. */
  readonly lost: number;
  readonly inFlight: number;
  /** How many of the sent datagrams were changed on their way. */
  readonly corrupted: number;
}

/**
 * A network in memory. It loses, duplicates, changes, delays and reorders datagrams as configured,
 * in the same way for the same seed.
 */
export class SimulatedNetwork {
  readonly #clock: SimulatedClock;
  readonly #random: SeededRandom;
  readonly #conditions: LinkConditions;
  readonly #watch: ((event: NetworkEvent) => void) | undefined;
  /** The links by `from>to` hosts. Bounded by configured links and datagrams in flight. */
  readonly #links = new Map<string, Link>();
  readonly #wire: Wire = {
    receivers: new Map<string, Receiver>(),
    inject: (datagram, from, to) => {
      this.inject(datagram, from, to);
    },
  };
  #sent = 0;
  #duplicated = 0;
  #delivered = 0;
  #lost = 0;
  #inFlight = 0;
  #corrupted = 0;

  /** @throws OptionError that names the option, its bounds and its value. */
  constructor({ clock, seed, watch, ...conditions }: SimulatedNetworkOptions) {
    requireOptions({ clock, seed, watch });
    this.#clock = clock;
    this.#random = new SeededRandom(seed, '/network');
    this.#conditions = conditionsOf(conditions, PERFECT_LINK, 'a simulated network');
    this.#watch = watch;
  }

  /**
   * A transport at one IP address and port. Port 0 picks the next free port from 49152. There are
   * no wildcards: `0.0.0.0` is an ordinary address.
   *
   * @throws {AddressError} when `host` is not an IP address, or `port` is not from 0 to 65535.
   */
  transport(host: string, port = 0): Transport {
    return new SimulatedTransport(this.#wire, parseBindAddress({ host, port }));
  }

  /**
   * Sets the conditions for datagrams that `fromHost` sends to `toHost` from now on. Conditions
   * that are not given are those of the network.
   *
   * @throws OptionError that names the condition, its bounds and its value.
   */
  setLink(fromHost: string, toHost: string, conditions: Partial<LinkConditions>): void {
    const checked = conditionsOf(conditions, this.#conditions, 'a link');
    this.#configuredLink(fromHost, toHost).conditions = checked;
  }

  /**
   * Drops all datagrams from `fromHost` to `toHost`, but not those of the other direction.
   * Datagrams in flight still arrive.
   */
  partitionOneWay(fromHost: string, toHost: string): void {
    this.#configuredLink(fromHost, toHost).partitioned = true;
  }

  /** Drops all datagrams between two hosts, both ways. Datagrams in flight still arrive. */
  partition(hostA: string, hostB: string): void {
    this.partitionOneWay(hostA, hostB);
    this.partitionOneWay(hostB, hostA);
  }

  /** Ends a partition, in both directions. */
  heal(hostA: string, hostB: string): void {
    this.#configuredLink(hostA, hostB).partitioned = false;
    this.#configuredLink(hostB, hostA).partitioned = false;
  }

  /**
   * Delays datagrams from `fromHost` to `toHost`: those that would arrive within the next `forMs`
   * milliseconds arrive at the end of that time. 0 ends the delay for later datagrams.
   */
  clog(fromHost: string, toHost: string, forMs: number): void {
    this.#configuredLink(fromHost, toHost).cloggedUntilMs = this.#clock.nowMs() + forMs;
  }

  get stats(): NetworkStats {
    return {
      sent: this.#sent,
      duplicated: this.#duplicated,
      delivered: this.#delivered,
      lost: this.#lost,
      inFlight: this.#inFlight,
      corrupted: this.#corrupted,
    };
  }

  /** Sends a datagram. The source need not exist, so that a test can forge it like an attacker. */
  inject(datagram: Uint8Array, from: SocketAddress, to: SocketAddress): void {
    const link = this.#link(from.host, to.host);
    let sent = copyOf(datagram);
    this.#sent += 1;
    this.#watch?.({ type: 'sent', datagram: sent, from, to });
    const admitted = link.admit(sent);
    if (typeof admitted === 'string') {
      this.#lose(sent, from, to, admitted);
      this.#forgetIdle(link, from, to);
      return;
    }
    if (admitted.corrupted) {
      sent = link.corrupt(sent);
      this.#corrupted += 1;
      this.#watch?.({ type: 'corrupted', datagram: sent, from, to });
    }
    this.#carry(sent, from, to, link);
    if (admitted.copies === 1) return;
    this.#duplicated += 1;
    this.#watch?.({ type: 'duplicated', datagram: sent, from, to });
    this.#carry(sent, from, to, link);
  }

  #carry(datagram: Buffer, from: SocketAddress, to: SocketAddress, link: Link): void {
    this.#inFlight += 1;
    link.inFlight += 1;
    const arrive = (): void => {
      const clogMs = link.cloggedUntilMs - this.#clock.nowMs();
      if (clogMs > 0) this.#clock.setTimeout(arrive, clogMs);
      else this.#arrive(datagram, from, to, link);
    };
    this.#clock.setTimeout(arrive, link.drawDelayMs());
  }

  #arrive(datagram: Buffer, from: SocketAddress, to: SocketAddress, link: Link): void {
    this.#inFlight -= 1;
    link.inFlight -= 1;
    this.#forgetIdle(link, from, to);
    const receiver = this.#wire.receivers.get(formatAddress(to));
    if (receiver === undefined) {
      this.#lose(datagram, from, to, 'nobodyListens');
      return;
    }
    this.#delivered += 1;
    this.#watch?.({ type: 'delivered', datagram, from, to });
    receiver.datagramReceived(copyOf(datagram), from.host, from.port);
  }

  #lose(datagram: Buffer, from: SocketAddress, to: SocketAddress, reason: LossReason): void {
    this.#lost += 1;
    this.#watch?.({ type: 'lost', datagram, from, to, reason });
  }

  #link(fromHost: string, toHost: string): Link {
    const key = keyOf(fromHost, toHost);
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new Link(this.#conditions, this.#random);
      this.#links.set(key, link);
    }
    return link;
  }

  #configuredLink(fromHost: string, toHost: string): Link {
    const link = this.#link(canonicalHost(fromHost), canonicalHost(toHost));
    link.configured = true;
    return link;
  }

  /** Sources can be forged, so idle links that the test did not configure are not kept. */
  #forgetIdle(link: Link, from: SocketAddress, to: SocketAddress): void {
    if (!link.configured && link.inFlight === 0) this.#links.delete(keyOf(from.host, to.host));
  }
}

function requireOptions(options: Readonly<Record<'clock' | 'seed' | 'watch', unknown>>): void {
  const { clock, seed, watch } = options;
  if (!(clock instanceof SimulatedClock))
    throw new OptionError('clock', 'must be a SimulatedClock');
  if (typeof seed !== 'number') throw new OptionError('seed', 'must be a number');
  if (watch !== undefined && typeof watch !== 'function') {
    throw new OptionError('watch', 'must be a function');
  }
}

function keyOf(fromHost: string, toHost: string): string {
  return `${fromHost}>${toHost}`;
}

/** A buffer with its own memory, as a socket gives it. */
function copyOf(datagram: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(datagram.length);
  copy.set(datagram);
  return copy;
}

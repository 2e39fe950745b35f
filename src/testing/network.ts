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

/** Conditions without an entry of their own are as on a perfect link. */
export interface SimulatedNetworkOptions extends Partial<LinkConditions> {
  readonly clock: SimulatedClock;
  /** The same seed and the same program give the same losses, copies, changes and delays. */
  readonly seed: number;
  /** Sees every datagram on its way, as a tap on the wire would. It must not change the bytes. */
  readonly watch?: (event: NetworkEvent) => void;
}

/** What a tap sees. `corrupted` follows `sent` and has the bytes that will arrive. */
export interface NetworkEvent {
  readonly type: 'sent' | 'corrupted' | 'duplicated' | 'lost' | 'delivered';
  readonly datagram: Buffer;
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  /** Why it was lost. */
  readonly reason?: LossReason;
}

/** Counts of datagrams; always `sent + duplicated = delivered + lost + inFlight`. */
export interface NetworkStats {
  readonly sent: number;
  readonly duplicated: number;
  readonly delivered: number;
  /** Dropped by the link or a partition, or nobody listened where they arrived. */
  readonly lost: number;
  readonly inFlight: number;
  /** How many of those sent were changed on their way. */
  readonly corrupted: number;
}

/** A network in memory: UDP's promises, kept as badly as asked for, and the same for the same seed. */
export class SimulatedNetwork {
  readonly #clock: SimulatedClock;
  readonly #random: SeededRandom;
  readonly #conditions: LinkConditions;
  readonly #watch: ((event: NetworkEvent) => void) | undefined;
  /** By `from>to` hosts. Bounded by those that the test configures, and the datagrams in flight. */
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

  /** @throws OptionError naming the option, its bounds and the value. */
  constructor({ clock, seed, watch, ...conditions }: SimulatedNetworkOptions) {
    requireOptions({ clock, seed, watch });
    this.#clock = clock;
    this.#random = new SeededRandom(seed, '/network');
    this.#conditions = conditionsOf(conditions, PERFECT_LINK, 'a simulated network');
    this.#watch = watch;
  }

  /**
   * A transport at one IP address and port; 0 picks the next free one, from 49152 on. There are no
   * wildcards: `0.0.0.0` is an address like any other.
   *
   * @throws {AddressError} when `host` is not an IP address, or `port` not 0 to 65535.
   */
  transport(host: string, port = 0): Transport {
    return new SimulatedTransport(this.#wire, parseBindAddress({ host, port }));
  }

  /**
   * Conditions for what `fromHost` sends to `toHost` from now on; the rest is as network-wide.
   *
   * @throws OptionError naming the condition, its bounds and the value.
   */
  setLink(fromHost: string, toHost: string, conditions: Partial<LinkConditions>): void {
    const checked = conditionsOf(conditions, this.#conditions, 'a link');
    this.#configuredLink(fromHost, toHost).conditions = checked;
  }

  /** Cuts off what `fromHost` sends to `toHost`, and only that. What is in flight still arrives. */
  partitionOneWay(fromHost: string, toHost: string): void {
    this.#configuredLink(fromHost, toHost).partitioned = true;
  }

  /** Cuts two hosts off from each other, both ways. What is in flight still arrives. */
  partition(hostA: string, hostB: string): void {
    this.partitionOneWay(hostA, hostB);
    this.partitionOneWay(hostB, hostA);
  }

  /** Ends a partition, both ways. */
  heal(hostA: string, hostB: string): void {
    this.#configuredLink(hostA, hostB).partitioned = false;
    this.#configuredLink(hostB, hostA).partitioned = false;
  }

  /**
   * Holds up what `fromHost` sends to `toHost`: whatever would arrive within the next `forMs` arrives
   * at their end. 0 ends it for what is yet to come.
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

  /** Puts a datagram on the wire. The source need not exist: so does an attacker forge it. */
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

  /** Sources can be forged, so links that nobody cares for are not kept. */
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

/** A buffer with memory of its own, as a socket gives. */
function copyOf(datagram: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(datagram.length);
  copy.set(datagram);
  return copy;
}

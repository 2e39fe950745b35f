/**
 * Origin: a host, or a network of hosts, as far as it shares the tables of an endpoint with others.
 * A sender can have as many ports as it likes, and with IPv6 as many hosts.
 */
import { isLoopback, networkOf } from '../address/ip.js';

/** Counts what one host or one network holds. Whoever takes or frees something writes its count. */
export class Origin {
  readonly name: string;
  /** The network of a host; undefined if this is a network itself. */
  readonly network: Origin | undefined;
  /** Procedures that run for it, those included that run on after their deadline. */
  running = 0;
  /** Requests of it that are remembered. Counted only where `atMostOnce` is `'strict'`. */
  remembered = 0;
  /** How many peers, remembered requests and hosts refer to it. */
  uses = 0;

  constructor(name: string, network: Origin | undefined) {
    this.name = name;
    this.network = network;
  }

  /** The network of this host, or this network itself. */
  get ofNetwork(): Origin {
    return this.network ?? this;
  }

  /** Its places in the memory of requests: each running procedure will need one as well. */
  get claimed(): number {
    return this.running + this.remembered;
  }

  /** Counts a procedure that runs, or one less. What a host holds, its network holds as well. */
  countRunning(change: 1 | -1): void {
    this.running += change;
    this.network?.countRunning(change);
  }

  countRemembered(change: 1 | -1): void {
    this.remembered += change;
    this.network?.countRemembered(change);
  }
}

/** The origins that hold something. Bounded by the peers and the remembered requests. */
export class Origins {
  readonly #byName = new Map<string, Origin>();

  get size(): number {
    return this.#byName.size;
  }

  /**
   * The origin of a host. It must be released once for each time that it was taken. This machine
   * itself has none: whoever sends from a loopback address is no stranger.
   */
  take(host: string): Origin | undefined {
    if (isLoopback(host)) return undefined;
    const known = this.#byName.get(host) ?? this.#add(host, this.#network(networkOf(host)));
    known.uses += 1;
    return known;
  }

  /** What is known of a host: its origin, or at least that of its network. */
  find(host: string): Origin | undefined {
    if (isLoopback(host)) return undefined;
    return this.#byName.get(host) ?? this.#byName.get(networkOf(host));
  }

  release(origin: Origin): void {
    origin.uses -= 1;
    if (origin.uses > 0) return;
    this.#byName.delete(origin.name);
    if (origin.network !== undefined) this.release(origin.network);
  }

  #network(name: string): Origin {
    const network = this.#byName.get(name) ?? this.#add(name, undefined);
    network.uses += 1;
    return network;
  }

  #add(name: string, network: Origin | undefined): Origin {
    const origin = new Origin(name, network);
    this.#byName.set(name, origin);
    return origin;
  }
}

/** Interfaces: the network interfaces of this machine, their addresses and their IPv6 zones. */
import { networkInterfaces, platform } from 'node:os';
import { splitZone } from '../address/ip.js';
import { systemClock, type Clock } from '../time/clock.js';

/** Lists the interfaces that are up and have an address, by name, as `os.networkInterfaces` does. */
export type ReadInterfaces = typeof networkInterfaces;

type Listed = ReturnType<ReadInterfaces>;

/** To list the interfaces takes about 0.1 ms, too long for each datagram that is refused. */
const LISTED_FOR_MS = 100;

const INDEX = /^[1-9][0-9]{0,9}$/;

export interface InterfacesOptions {
  /** Default: the system's. */
  readonly read?: ReadInterfaces | undefined;
  readonly clock?: Clock;
  /** Whether the system writes zones as indexes, as only Windows does (libuv, `uv_if_indextoiid`). */
  readonly writesIndexes?: boolean;
}

export class Interfaces {
  readonly #read: ReadInterfaces;
  readonly #clock: Clock;
  readonly #writesIndexes: boolean;
  #listed: Listed | undefined;
  #listedAtMs = -Infinity;

  constructor({ read, clock, writesIndexes }: InterfacesOptions = {}) {
    this.#read = read ?? networkInterfaces;
    this.#clock = clock ?? systemClock;
    this.#writesIndexes = writesIndexes ?? platform() === 'win32';
  }

  /**
   * The zone as the system writes it in the source of a datagram. It may be given as the name or
   * the index of its interface. Undefined if there is no such interface. If the interfaces cannot
   * be listed, it is taken as it is. Never throws.
   */
  zoneName(zone: string): string | undefined {
    const interfaces = this.#list();
    if (interfaces === undefined) return zone;
    for (const [name, addresses = []] of Object.entries(interfaces)) {
      const index = addresses.map(scopeOf).find((scope) => scope > 0);
      const isMeant = zone === name || (INDEX.test(zone) && Number(zone) === index);
      if (!isMeant) continue;
      if (!this.#writesIndexes) return name;
      return index === undefined ? undefined : String(index);
    }
    return undefined;
  }

  /**
   * Whether an interface that is up has this address. Undefined if that is not known: of the
   * loopback network only one address is listed, and perhaps nothing can be listed. Never throws.
   */
  has(host: string): boolean | undefined {
    const interfaces = this.#list();
    if (interfaces === undefined || host.startsWith('127.')) return undefined;
    const { address } = splitZone(host);
    return Object.values(interfaces)
      .flat()
      .some((own) => own?.address === address);
  }

  #list(): Listed | undefined {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#listedAtMs < LISTED_FOR_MS) return this.#listed;
    this.#listedAtMs = nowMs;
    try {
      this.#listed = this.#read();
    } catch {
      // Some sandboxes forbid it.
      this.#listed = undefined;
    }
    return this.#listed;
  }
}

/** The index of the interface, which Node.js gives with its link-local addresses alone; else 0. */
function scopeOf(address: NonNullable<Listed[string]>[number]): number {
  return address.family === 'IPv6' ? address.scopeid : 0;
}

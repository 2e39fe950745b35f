/** Members: the addresses of all who gossip, of which this node has heard, its own among them. */
import { formatAddress, parseAddress } from 'rpcudp';

/** So that nobody can make a node call the whole world, or remember it. */
export const MAX_MEMBERS = 32;
const HOST = '127.0.0.1';

export class Members {
  /** At most MAX_MEMBERS. Who is away stays a member: it may come back. */
  readonly #addresses = new Set<string>();
  readonly #met: (address: string) => void;
  #turn = 0;

  /** @param met is called with each that is new */
  constructor(met: (address: string) => void) {
    this.#met = met;
  }

  /** Takes those that are new. What is no address of this demo is left out, and what is too many. */
  learn(addresses: readonly unknown[]): void {
    for (const address of addresses) {
      if (this.#addresses.size === MAX_MEMBERS) return;
      if (!isAddress(address) || this.#addresses.has(address)) continue;
      this.#addresses.add(address);
      this.#met(address);
    }
  }

  has(address: string): boolean {
    return this.#addresses.has(address);
  }

  list(): string[] {
    return [...this.#addresses];
  }

  /** The one whose turn it is, without the node itself. Each has its turn once a round. */
  next(self: string): string | undefined {
    const others = this.list().filter((address) => address !== self);
    this.#turn += 1;
    return others[this.#turn % others.length];
  }
}

function isAddress(address: unknown): address is string {
  try {
    const parsed = parseAddress(address as string);
    return parsed.host === HOST && formatAddress(parsed) === address;
  } catch {
    return false;
  }
}

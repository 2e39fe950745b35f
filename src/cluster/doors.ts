/** Doors: where each worker takes over datagrams that others received at a shared address. */
import { formatAddress, type SocketAddress } from '../address/address.js';
import type { Door } from './message.js';

interface Shared {
  readonly address: SocketAddress;
  readonly bySlot: Map<number, Door>;
}

/** The doors of a cluster. Bounded by the workers and the addresses that they open. */
export class Doors {
  readonly #byAddress = new Map<string, Shared>();

  /** The door of the worker in `slot` for datagrams to `address`, a text of `formatAddress`. */
  get(address: string, slot: number): Door | undefined {
    return this.#byAddress.get(address)?.bySlot.get(slot);
  }

  /** Sets the door of a worker. With undefined, the worker has no door there any more. */
  set(address: SocketAddress, slot: number, door: Door | undefined): void {
    const name = formatAddress(address);
    const shared = this.#byAddress.get(name) ?? { address, bySlot: new Map<number, Door>() };
    if (door === undefined) shared.bySlot.delete(slot);
    else shared.bySlot.set(slot, door);
    if (shared.bySlot.size === 0) this.#byAddress.delete(name);
    else this.#byAddress.set(name, shared);
  }

  addresses(workers: number): SocketAddress[] {
    const shared = [...this.#byAddress.values()].filter(({ bySlot }) => bySlot.size >= workers);
    return shared.map(({ address }) => address);
  }

  addressesOf(slot: number): SocketAddress[] {
    const shared = [...this.#byAddress.values()].filter(({ bySlot }) => bySlot.has(slot));
    return shared.map(({ address }) => address);
  }

  *[Symbol.iterator](): Generator<[address: SocketAddress, slot: number, door: Door]> {
    for (const { address, bySlot } of this.#byAddress.values()) {
      for (const [slot, door] of bySlot) yield [address, slot, door];
    }
  }
}

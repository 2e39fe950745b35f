/**
 * Address hash: a secret hash of senders' addresses. With forged sources a sender can seem to be at
 * any address, and must not be able to choose many with the same hash.
 */
import type { Random } from '../random.js';

export class AddressHash {
  readonly #first: number;
  /** Odd, so that no bit is lost. */
  readonly #multiplier: number;

  constructor(random: Random) {
    const secrets = new Int32Array(2);
    random.fillBytes(new Uint8Array(secrets.buffer));
    const [first = 0, multiplier = 0] = secrets;
    this.#first = first;
    this.#multiplier = multiplier | 1;
  }

  /** The hash of a canonical address: an integer of 30 bits, which V8 stores in place. */
  of(address: string): number {
    const multiplier = this.#multiplier;
    let hash = this.#first;
    for (let index = 0; index < address.length; index += 1) {
      hash = Math.imul(hash ^ address.charCodeAt(index), multiplier);
      // Without this, the lowest bits of the hash would depend only on those of the characters.
      hash ^= hash >>> 15;
    }
    return hash & 0x3fffffff;
  }
}

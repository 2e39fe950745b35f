/**
 * Request keys: the key by which a request is known, which is its id and the secret hash of its
 * sender's address, and a hash of this key. All memories of an endpoint share them, so that a key is
 * read and hashed once, although several memories are asked for it.
 */
import type { Buffer } from 'node:buffer';
import type { Random } from '../random.js';
import { ID_OFFSET } from '../wire/frame.js';
import { ID_BYTES } from '../wire/transaction-id.js';

const ID_WORDS = ID_BYTES / 4;
/** The words of a key: the id, and the hash of the sender's address. */
export const KEY_WORDS = ID_WORDS + 1;

const NO_INTEGERS = new Int32Array(0);

/** The key that was read last, of which datagram, and with which secrets. One is enough for all. */
const words = new Int32Array(KEY_WORDS);
let readWith = NO_INTEGERS;
let readFrom: Buffer | undefined;
let hash = 0;

export class RequestKeys {
  readonly #random: Random;
  /** Made for the first key. */
  #multipliers = NO_INTEGERS;

  /** @param random keeps the hash function secret from senders */
  constructor(random: Random) {
    this.#random = random;
  }

  /** Reads the key of a request, and gives its words, which the next reading overwrites. */
  read(datagram: Buffer, addressHash: number): Int32Array {
    const isSame = readFrom === datagram && readWith === this.#multipliers;
    if (isSame && words[ID_WORDS] === addressHash) return words;
    if (this.#multipliers.length === 0) this.#multipliers = oddNumbers(2 * KEY_WORDS, this.#random);
    readWith = this.#multipliers;
    readFrom = datagram;
    words[ID_WORDS] = addressHash;
    // The byte order does not matter, because words are only compared with each other.
    for (let index = 0, at = ID_OFFSET; index < ID_WORDS; index += 1, at += 4) {
      words[index] =
        (datagram[at] as number) |
        ((datagram[at + 1] as number) << 8) |
        ((datagram[at + 2] as number) << 16) |
        ((datagram[at + 3] as number) << 24);
    }
    hash = this.#hashOfWords();
    return words;
  }

  /** The hash of the key that was read last: an integer of 32 bits. */
  get hash(): number {
    return hash;
  }

  /**
   * Senders choose the ids, and must not be able to put many of them into one chain, neither with
   * many ids nor with one id from many addresses. So a key is an id and the secret hash of an
   * address. The 16-bit halves of its words are multiplied by secret odd numbers: for any two
   * different keys, the sums are equal in at most one of 2^16 endpoints. The final mix of
   * MurmurHash3 then scatters the sums, which would otherwise rise in equal steps when the keys do.
   */
  #hashOfWords(): number {
    let sum = 0;
    for (let index = 0; index < KEY_WORDS; index += 1) {
      sum = (sum + this.#product(words[index] as number, index)) | 0;
    }
    sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
    sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
    return sum ^ (sum >>> 16);
  }

  /** The word of a key at `index`, times its secret numbers. */
  #product(word: number, index: number): number {
    const low = Math.imul(word & 0xffff, this.#multipliers[2 * index] as number);
    const high = Math.imul(word >>> 16, this.#multipliers[2 * index + 1] as number);
    return (low + high) | 0;
  }
}

function oddNumbers(count: number, random: Random): typeof NO_INTEGERS {
  const numbers = new Int32Array(count);
  random.fillBytes(new Uint8Array(numbers.buffer));
  return numbers.map((number) => number | 1);
}

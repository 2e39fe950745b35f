/**
 * Request records: a queue of ended requests, oldest first, in which each can be found by the address
 * of its sender and its id.
 *
 * The records are kept in a few typed arrays. As objects in a `Map` they took 546 bytes each and a
 * third of the time to serve a request: the garbage collector copied objects that live for seconds,
 * and each step in the map missed the cache.
 */
import type { Buffer } from 'node:buffer';
import type { Random } from '../random.js';
import { ID_OFFSET } from '../wire/frame.js';
import { ID_BYTES } from '../wire/transaction-id.js';

const ID_WORDS = ID_BYTES / 4;
/** The words of a key: the id, and the hash of the sender's address. */
const KEY_WORDS = ID_WORDS + 1;

/** The indices of a record's 32-bit integers: those of its key, then these. */
const DIGEST = KEY_WORDS;
const REPLY_PLACE = DIGEST + 1;
const REPLY_LENGTH = DIGEST + 2;
const KIND = DIGEST + 3;
const NEXT = DIGEST + 4;
const RECORD_WORDS = DIGEST + 5;

const FIRST_CAPACITY = 64;
/** Ends a chain of records. */
const NONE = -1;

/** The arrays of an endpoint that has nothing to remember. All such endpoints share them. */
const NO_INTEGERS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);

/** The key that is being looked up or added. It is read first, so one array is enough. */
const given = new Int32Array(KEY_WORDS);

/** Who sent a request, as far as the records know. */
export interface RecordedSender {
  /** The canonical address. */
  readonly address: string;
  /** A hash of the address that senders do not know. */
  readonly addressHash: number;
}

/** The record of a request. */
export interface RequestRecord {
  /** The address of its sender. */
  readonly address: string;
  readonly procedure: string;
  /** An integer of 32 bits, like the next three. */
  readonly digest: number;
  readonly replyPlace: number;
  readonly replyLength: number;
  readonly kind: number;
  readonly receivedAtMs: number;
  readonly endedAtMs: number;
}

export class RequestRecords {
  /** How many records were added in total, and how many of them were removed. */
  #pushed = 0;
  #shifted = 0;
  /** The number of records. Only this class writes it. */
  size = 0;
  /** A power of two. A record's slot is its number modulo this. */
  #capacity = 0;
  #words = NO_INTEGERS;
  #times = NO_TIMES;
  #addresses: string[] = [];
  #procedures: string[] = [];
  /** The heads of the chains of records whose keys have the same hash, as many as slots. */
  #buckets = NO_INTEGERS;
  readonly #random: Random;
  /** Made for the first record. */
  #multipliers = NO_INTEGERS;

  /** @param random keeps the hash function secret from senders */
  constructor(random: Random) {
    this.#random = random;
  }

  /** The number of the oldest record. The following records have the next numbers. */
  get oldest(): number {
    return this.#shifted;
  }

  /** Adds the record of a request of this sender. Its id is read from its datagram. */
  push(datagram: Buffer, addressHash: number, record: RequestRecord): void {
    if (this.size === this.#capacity) this.#grow();
    const slot = this.#slotOf(this.#pushed);
    this.#pushed += 1;
    this.size += 1;
    readGivenKey(datagram, addressHash);
    this.#words.set(given, slot * RECORD_WORDS);
    this.#fill(slot, record);
    this.#link(slot);
  }

  shift(): void {
    const slot = this.#slotOf(this.#shifted);
    this.#shifted += 1;
    this.size -= 1;
    this.#unlink(slot);
    // Otherwise the address would stay in memory.
    this.#addresses[slot] = '';
  }

  /** The number of the record of this sender's request with the id in this datagram. */
  find(datagram: Buffer, { address, addressHash }: RecordedSender): number | undefined {
    if (this.#capacity === 0) return undefined;
    readGivenKey(datagram, addressHash);
    let slot = this.#buckets[this.#bucketOf(given, 0)] as number;
    while (slot !== NONE) {
      if (this.#hasGivenKey(slot) && this.#addresses[slot] === address) return this.#numberOf(slot);
      slot = this.#word(slot, NEXT);
    }
    return undefined;
  }

  at(number: number): RequestRecord {
    const slot = this.#slotOf(number);
    return {
      address: this.addressOf(number),
      procedure: this.#procedures[slot] as string,
      digest: this.#word(slot, DIGEST),
      replyPlace: this.#word(slot, REPLY_PLACE),
      replyLength: this.replyLengthOf(number),
      kind: this.kindOf(number),
      receivedAtMs: this.#times[2 * slot] as number,
      endedAtMs: this.endedAtMsOf(number),
    };
  }

  addressOf(number: number): string {
    return this.#addresses[this.#slotOf(number)] as string;
  }

  replyLengthOf(number: number): number {
    return this.#word(this.#slotOf(number), REPLY_LENGTH);
  }

  kindOf(number: number): number {
    return this.#word(this.#slotOf(number), KIND);
  }

  endedAtMsOf(number: number): number {
    return this.#times[2 * this.#slotOf(number) + 1] as number;
  }

  #fill(slot: number, record: RequestRecord): void {
    const start = slot * RECORD_WORDS;
    this.#words[start + DIGEST] = record.digest;
    this.#words[start + REPLY_PLACE] = record.replyPlace;
    this.#words[start + REPLY_LENGTH] = record.replyLength;
    this.#words[start + KIND] = record.kind;
    this.#times[2 * slot] = record.receivedAtMs;
    this.#times[2 * slot + 1] = record.endedAtMs;
    this.#addresses[slot] = record.address;
    this.#procedures[slot] = record.procedure;
  }

  #word(slot: number, place: number): number {
    return this.#words[slot * RECORD_WORDS + place] as number;
  }

  #slotOf(number: number): number {
    return number & (this.#capacity - 1);
  }

  #numberOf(slot: number): number {
    return this.#shifted + this.#slotOf(slot - this.#shifted);
  }

  #hasGivenKey(slot: number): boolean {
    const start = slot * RECORD_WORDS;
    for (let index = 0; index < KEY_WORDS; index += 1) {
      if (this.#words[start + index] !== given[index]) return false;
    }
    return true;
  }

  /**
   * Senders choose the ids, and must not be able to put many of them into one chain, neither with
   * many ids nor with one id from many addresses. So a key is an id and the secret hash of an
   * address. The 16-bit halves of its words are multiplied by secret odd numbers: for any two
   * different keys, the sums are equal in at most one of 2^16 endpoints. The final mix of
   * MurmurHash3 then scatters the sums, which would otherwise rise in equal steps when the keys do.
   */
  #bucketOf(words: Int32Array, start: number): number {
    let hash = 0;
    for (let index = 0; index < KEY_WORDS; index += 1) {
      hash = (hash + this.#product(words[start + index] as number, index)) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) & (this.#capacity - 1);
  }

  /** The word of a key at `index`, times its secret numbers. */
  #product(word: number, index: number): number {
    const low = Math.imul(word & 0xffff, this.#multipliers[2 * index] as number);
    const high = Math.imul(word >>> 16, this.#multipliers[2 * index + 1] as number);
    return (low + high) | 0;
  }

  #link(slot: number): void {
    const start = slot * RECORD_WORDS;
    const bucket = this.#bucketOf(this.#words, start);
    this.#words[start + NEXT] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = slot;
  }

  /** Removes the oldest record from its chain. It is the last, because new ones are added first. */
  #unlink(slot: number): void {
    const bucket = this.#bucketOf(this.#words, slot * RECORD_WORDS);
    let link = this.#buckets[bucket] as number;
    if (link === slot) {
      this.#buckets[bucket] = NONE;
      return;
    }
    while (this.#word(link, NEXT) !== slot) link = this.#word(link, NEXT);
    this.#words[link * RECORD_WORDS + NEXT] = NONE;
  }

  /**
   * Doubles the capacity. Each record stays in its slot or moves up by the old capacity, so its
   * numbers are copied to both slots.
   */
  #grow(): void {
    if (this.#capacity === 0) this.#multipliers = oddNumbers(2 * KEY_WORDS, this.#random);
    const words = this.#words;
    const times = this.#times;
    const capacity = Math.max(2 * this.#capacity, FIRST_CAPACITY);
    this.#words = new Int32Array(capacity * RECORD_WORDS);
    this.#times = new Float64Array(capacity * 2);
    for (const half of [0, this.#capacity]) {
      this.#words.set(words, half * RECORD_WORDS);
      this.#times.set(times, half * 2);
    }
    const addresses = this.#addresses;
    const slots = this.#capacity;
    this.#addresses = new Array<string>(capacity).fill('');
    this.#procedures = this.#procedures.concat(this.#procedures);
    this.#capacity = capacity;
    this.#buckets = new Int32Array(capacity).fill(NONE);
    for (let number = this.#shifted; number < this.#pushed; number += 1) {
      const slot = this.#slotOf(number);
      this.#addresses[slot] = addresses[number & (slots - 1)] as string;
      this.#link(slot);
    }
  }
}

function oddNumbers(count: number, random: Random): typeof NO_INTEGERS {
  const numbers = new Int32Array(count);
  random.fillBytes(new Uint8Array(numbers.buffer));
  return numbers.map((number) => number | 1);
}

/**
 * Reads the id of a datagram and a hash into `given`. The byte order of the words does not matter, because they
 * are only compared with each other.
 */
function readGivenKey(datagram: Buffer, addressHash: number): void {
  given[ID_WORDS] = addressHash;
  for (let index = 0, at = ID_OFFSET; index < ID_WORDS; index += 1, at += 4) {
    given[index] =
      (datagram[at] as number) |
      ((datagram[at + 1] as number) << 8) |
      ((datagram[at + 2] as number) << 16) |
      ((datagram[at + 3] as number) << 24);
  }
}

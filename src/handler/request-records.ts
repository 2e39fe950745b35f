/**
 * Request records: a queue of ended requests, oldest first, in which each can be found by the address
 * of its sender and its id.
 *
 * The records are kept in a few typed arrays. As objects in a `Map` they took 546 bytes each and a
 * third of the time to serve a request: the garbage collector copied objects that live for seconds,
 * and each step in the map missed the cache.
 */
import type { Buffer } from 'node:buffer';
import { KEY_WORDS } from './request-keys.js';
import type { RequestKeys } from './request-keys.js';

/** The indices of a record's 32-bit integers: those of its key, then these. */
const HASH = KEY_WORDS;
const DIGEST = HASH + 1;
const REPLY_PLACE = DIGEST + 1;
const REPLY_LENGTH = DIGEST + 2;
const KIND = DIGEST + 3;
const PREVIOUS = DIGEST + 4;
/** Behind them are two times, of 64 bits. A record has 64 bytes, as a line of the cache has. */
const RECORD_WORDS = DIGEST + 9;
const RECORD_TIMES = RECORD_WORDS / 2;
const RECEIVED_AT = RECORD_TIMES - 2;
const ENDED_AT = RECORD_TIMES - 1;

const FIRST_CAPACITY = 64;
/** The head of an empty chain: a number that no record has. */
const NONE = -1;

/** The arrays of an endpoint that has nothing to remember. All such endpoints share them. */
const NO_INTEGERS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);

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
  /** The same bytes as `#words`. */
  #times = NO_TIMES;
  /** For each slot the address of the sender, and the procedure. */
  #texts: string[] = [];
  /**
   * The chains of records whose keys have the same hash, as many as slots: for each the number of its
   * newest record. A record has the number of the one before it. A chain ends where a number is no
   * record's any more, so nothing has to be changed in a chain when its last record is removed.
   */
  #buckets = NO_INTEGERS;
  readonly #keys: RequestKeys;

  constructor(keys: RequestKeys) {
    this.#keys = keys;
  }

  /** The number of the oldest record. The following records have the next numbers. */
  get oldest(): number {
    return this.#shifted;
  }

  /** Adds the record of a request of this sender. Its id is read from its datagram. */
  push(datagram: Buffer, addressHash: number, record: RequestRecord): void {
    if (this.size === this.#capacity) this.#grow();
    const number = this.#pushed;
    const slot = this.#slotOf(number);
    this.#pushed += 1;
    this.size += 1;
    const start = slot * RECORD_WORDS;
    this.#words.set(this.#keys.read(datagram, addressHash), start);
    this.#words[start + HASH] = this.#keys.hash;
    this.#fill(slot, record);
    this.#link(number);
  }

  shift(): void {
    // Otherwise the address would stay in memory.
    this.#texts[2 * this.#slotOf(this.#shifted)] = '';
    this.#shifted += 1;
    this.size -= 1;
  }

  /** The number of the record of this sender's request with the id in this datagram. */
  find(datagram: Buffer, { address, addressHash }: RecordedSender): number | undefined {
    if (this.#capacity === 0) return undefined;
    const key = this.#keys.read(datagram, addressHash);
    let low = this.#buckets[this.#bucketOf(this.#keys.hash)] as number;
    // Each record of a chain is older than the one before.
    let newer = this.size;
    for (let place = this.#placeOf(low); place < newer; place = this.#placeOf(low)) {
      const slot = this.#slotOf(low);
      if (this.#hasKey(slot, key) && this.#texts[2 * slot] === address)
        return this.#shifted + place;
      low = this.#word(slot, PREVIOUS);
      newer = place;
    }
    return undefined;
  }

  at(number: number): RequestRecord {
    const slot = this.#slotOf(number);
    return {
      address: this.addressOf(number),
      procedure: this.#texts[2 * slot + 1] as string,
      digest: this.#word(slot, DIGEST),
      replyPlace: this.#word(slot, REPLY_PLACE),
      replyLength: this.replyLengthOf(number),
      kind: this.kindOf(number),
      receivedAtMs: this.#times[slot * RECORD_TIMES + RECEIVED_AT] as number,
      endedAtMs: this.endedAtMsOf(number),
    };
  }

  addressOf(number: number): string {
    return this.#texts[2 * this.#slotOf(number)] as string;
  }

  replyLengthOf(number: number): number {
    return this.#word(this.#slotOf(number), REPLY_LENGTH);
  }

  kindOf(number: number): number {
    return this.#word(this.#slotOf(number), KIND);
  }

  endedAtMsOf(number: number): number {
    return this.#times[this.#slotOf(number) * RECORD_TIMES + ENDED_AT] as number;
  }

  #fill(slot: number, record: RequestRecord): void {
    const start = slot * RECORD_WORDS;
    this.#words[start + DIGEST] = record.digest;
    this.#words[start + REPLY_PLACE] = record.replyPlace;
    this.#words[start + REPLY_LENGTH] = record.replyLength;
    this.#words[start + KIND] = record.kind;
    this.#times[slot * RECORD_TIMES + RECEIVED_AT] = record.receivedAtMs;
    this.#times[slot * RECORD_TIMES + ENDED_AT] = record.endedAtMs;
    this.#texts[2 * slot] = record.address;
    this.#texts[2 * slot + 1] = record.procedure;
  }

  #word(slot: number, place: number): number {
    return this.#words[slot * RECORD_WORDS + place] as number;
  }

  #slotOf(number: number): number {
    return number & (this.#capacity - 1);
  }

  /**
   * How many records came before the one whose number has these 32 low bits. At least `size` if
   * there is no such record.
   */
  #placeOf(low: number): number {
    return (low - this.#shifted) >>> 0;
  }

  #hasKey(slot: number, key: Int32Array): boolean {
    const start = slot * RECORD_WORDS;
    for (let index = 0; index < KEY_WORDS; index += 1) {
      if (this.#words[start + index] !== key[index]) return false;
    }
    return true;
  }

  #bucketOf(hash: number): number {
    return hash & (this.#capacity - 1);
  }

  /** The new record becomes the first of its chain. */
  #link(number: number): void {
    const start = this.#slotOf(number) * RECORD_WORDS;
    const bucket = this.#bucketOf(this.#words[start + HASH] as number);
    this.#words[start + PREVIOUS] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = number;
  }

  /**
   * Doubles the capacity. Each record stays in its slot or moves up by the old capacity, so its
   * numbers are copied to both slots.
   */
  #grow(): void {
    const words = this.#words;
    const capacity = Math.max(2 * this.#capacity, FIRST_CAPACITY);
    this.#words = new Int32Array(capacity * RECORD_WORDS);
    this.#times = new Float64Array(this.#words.buffer);
    for (const half of [0, this.#capacity]) this.#words.set(words, half * RECORD_WORDS);
    const texts = this.#texts;
    const slots = this.#capacity;
    this.#texts = new Array<string>(2 * capacity).fill('');
    this.#capacity = capacity;
    this.#buckets = new Int32Array(capacity).fill(NONE);
    for (let number = this.#shifted; number < this.#pushed; number += 1) {
      const slot = this.#slotOf(number);
      const before = number & (slots - 1);
      this.#texts[2 * slot] = texts[2 * before] as string;
      this.#texts[2 * slot + 1] = texts[2 * before + 1] as string;
      this.#link(number);
    }
  }
}

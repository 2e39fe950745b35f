/**
 * Request records: a queue of ended requests, oldest first, in which each can be found by its peer
 * and its id.
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

/** The indices of a record's 32-bit integers: five for the id, then these. */
const DIGEST = ID_WORDS;
const REPLY_PLACE = DIGEST + 1;
const REPLY_LENGTH = DIGEST + 2;
const KIND = DIGEST + 3;
const NEXT = DIGEST + 4;
const RECORD_WORDS = DIGEST + 5;

const FIRST_CAPACITY = 64;
/** Ends a chain of records. */
const NONE = -1;

/** The record of a request. `Peer` is the type of its sender. */
export interface RequestRecord<Peer> {
  readonly peer: Peer;
  readonly procedure: string;
  /** An integer of 32 bits, like the next three. */
  readonly digest: number;
  readonly replyPlace: number;
  readonly replyLength: number;
  readonly kind: number;
  readonly receivedAtMs: number;
  readonly endedAtMs: number;
}

export class RequestRecords<Peer> {
  /** How many records were added in total, and how many of them were removed. */
  #pushed = 0;
  #shifted = 0;
  /** The number of records. Only this class writes it. */
  size = 0;
  /** A power of two. A record's slot is its number modulo this. */
  #capacity = 0;
  #words = new Int32Array(0);
  #times = new Float64Array(0);
  #peers: (Peer | undefined)[] = [];
  #procedures: string[] = [];
  /** The heads of the chains of records whose ids have the same hash, as many as slots. */
  #buckets = new Int32Array(0);
  /** The id that is being looked up or added. */
  readonly #id = new Int32Array(ID_WORDS);
  readonly #multipliers = new Int32Array(2 * ID_WORDS);

  /** @param random keeps the hash function secret from senders */
  constructor(random: Random) {
    random.fillBytes(new Uint8Array(this.#multipliers.buffer));
    for (let index = 0; index < this.#multipliers.length; index += 1) {
      this.#multipliers[index] = (this.#multipliers[index] as number) | 1;
    }
  }

  /** The number of the oldest record. The following records have the next numbers. */
  get oldest(): number {
    return this.#shifted;
  }

  push(datagram: Buffer, record: RequestRecord<Peer>): void {
    if (this.size === this.#capacity) this.#grow();
    const slot = this.#slotOf(this.#pushed);
    this.#pushed += 1;
    this.size += 1;
    this.#readId(datagram);
    this.#words.set(this.#id, slot * RECORD_WORDS);
    this.#fill(slot, record);
    this.#link(slot);
  }

  shift(): void {
    const slot = this.#slotOf(this.#shifted);
    this.#shifted += 1;
    this.size -= 1;
    this.#unlink(slot);
    // Otherwise a forgotten peer would stay in memory.
    this.#peers[slot] = undefined;
  }

  /** The number of the record of this peer's request with the id in this datagram. */
  find(datagram: Buffer, peer: Peer): number | undefined {
    if (this.#capacity === 0) return undefined;
    this.#readId(datagram);
    const id = this.#id;
    let slot = this.#buckets[this.#bucketOf(id, 0)] as number;
    while (slot !== NONE) {
      if (this.#peers[slot] === peer && this.#hasId(slot, id)) return this.#numberOf(slot);
      slot = this.#word(slot, NEXT);
    }
    return undefined;
  }

  at(number: number): RequestRecord<Peer> {
    const slot = this.#slotOf(number);
    return {
      peer: this.peerOf(number),
      procedure: this.#procedures[slot] as string,
      digest: this.#word(slot, DIGEST),
      replyPlace: this.#word(slot, REPLY_PLACE),
      replyLength: this.replyLengthOf(number),
      kind: this.kindOf(number),
      receivedAtMs: this.#times[2 * slot] as number,
      endedAtMs: this.endedAtMsOf(number),
    };
  }

  peerOf(number: number): Peer {
    return this.#peers[this.#slotOf(number)] as Peer;
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

  #fill(slot: number, record: RequestRecord<Peer>): void {
    const start = slot * RECORD_WORDS;
    this.#words[start + DIGEST] = record.digest;
    this.#words[start + REPLY_PLACE] = record.replyPlace;
    this.#words[start + REPLY_LENGTH] = record.replyLength;
    this.#words[start + KIND] = record.kind;
    this.#times[2 * slot] = record.receivedAtMs;
    this.#times[2 * slot + 1] = record.endedAtMs;
    this.#peers[slot] = record.peer;
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

  /**
   * Reads the id of a datagram into words. Their byte order does not matter, because they are only
   * compared with each other.
   */
  #readId(datagram: Buffer): void {
    for (let index = 0, at = ID_OFFSET; index < ID_WORDS; index += 1, at += 4) {
      this.#id[index] =
        (datagram[at] as number) |
        ((datagram[at + 1] as number) << 8) |
        ((datagram[at + 2] as number) << 16) |
        ((datagram[at + 3] as number) << 24);
    }
  }

  #hasId(slot: number, id: Int32Array): boolean {
    const start = slot * RECORD_WORDS;
    for (let index = 0; index < ID_WORDS; index += 1) {
      if (this.#words[start + index] !== id[index]) return false;
    }
    return true;
  }

  /**
   * Senders choose the ids, and must not be able to put many of them into one chain. So the 16-bit
   * halves of an id are multiplied by secret odd numbers: for any two chosen ids, the sums are
   * equal in at most one of 2^16 endpoints. The final mix of MurmurHash3 then scatters the sums,
   * which would otherwise rise in equal steps when the ids do.
   */
  #bucketOf(words: Int32Array, start: number): number {
    let hash = 0;
    for (let index = 0; index < ID_WORDS; index += 1) {
      const word = words[start + index] as number;
      const low = Math.imul(word & 0xffff, this.#multipliers[2 * index] as number);
      const high = Math.imul(word >>> 16, this.#multipliers[2 * index + 1] as number);
      hash = (hash + low + high) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) & (this.#capacity - 1);
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
    const words = this.#words;
    const times = this.#times;
    const capacity = Math.max(2 * this.#capacity, FIRST_CAPACITY);
    this.#words = new Int32Array(capacity * RECORD_WORDS);
    this.#times = new Float64Array(capacity * 2);
    for (const half of [0, this.#capacity]) {
      this.#words.set(words, half * RECORD_WORDS);
      this.#times.set(times, half * 2);
    }
    const peers = this.#peers;
    const slots = this.#capacity;
    this.#peers = new Array<Peer | undefined>(capacity).fill(undefined);
    this.#procedures = this.#procedures.concat(this.#procedures);
    this.#capacity = capacity;
    this.#buckets = new Int32Array(capacity).fill(NONE);
    for (let number = this.#shifted; number < this.#pushed; number += 1) {
      const slot = this.#slotOf(number);
      this.#peers[slot] = peers[number & (slots - 1)];
      this.#link(slot);
    }
  }
}

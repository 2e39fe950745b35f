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
/** The words that are hashed: the id, and the number of the peer. */
const KEY_WORDS = ID_WORDS + 1;

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

/** The arrays of an endpoint that has nothing to remember. All such endpoints share them. */
const NO_INTEGERS = new Int32Array(0);
const NO_TIMES = new Float64Array(0);

/** The id that is being looked up or added. It is read first, so one array is enough. */
const given = new Int32Array(ID_WORDS);

/** The members of a peer that the records use. */
interface NumberedPeer {
  /** No other living peer has this number. It need not be secret. */
  readonly number: number;
}

/** The record of a request. `Peer` is the type of its sender. */
export interface RequestRecord<Peer extends NumberedPeer> {
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

export class RequestRecords<Peer extends NumberedPeer> {
  /** How many records were added in total, and how many of them were removed. */
  #pushed = 0;
  #shifted = 0;
  /** The number of records. Only this class writes it. */
  size = 0;
  /** A power of two. A record's slot is its number modulo this. */
  #capacity = 0;
  #words = NO_INTEGERS;
  #times = NO_TIMES;
  #peers: (Peer | undefined)[] = [];
  #procedures: string[] = [];
  /** The heads of the chains of records whose keys have the same hash, as many as slots. */
  #buckets = NO_INTEGERS;
  readonly #multipliers = new Int32Array(2 * KEY_WORDS);

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
    readGivenId(datagram);
    this.#words.set(given, slot * RECORD_WORDS);
    this.#fill(slot, record);
    this.#link(slot, record.peer);
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
    readGivenId(datagram);
    let slot = this.#buckets[this.#bucketOf(given, 0, peer)] as number;
    while (slot !== NONE) {
      if (this.#peers[slot] === peer && this.#hasGivenId(slot)) return this.#numberOf(slot);
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

  #hasGivenId(slot: number): boolean {
    const start = slot * RECORD_WORDS;
    for (let index = 0; index < ID_WORDS; index += 1) {
      if (this.#words[start + index] !== given[index]) return false;
    }
    return true;
  }

  /**
   * Senders choose the ids, and must not be able to put many of them into one chain, neither with
   * many ids nor with one id from many addresses. So a key is an id and the number of its peer. The
   * 16-bit halves of its words are multiplied by secret odd numbers: for any two different keys,
   * the sums are equal in at most one of 2^16 endpoints. The final mix of MurmurHash3 then scatters
   * the sums, which would otherwise rise in equal steps when the keys do.
   */
  #bucketOf(words: Int32Array, start: number, { number }: Peer): number {
    let hash = this.#product(number, ID_WORDS);
    for (let index = 0; index < ID_WORDS; index += 1) {
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

  #link(slot: number, peer: Peer): void {
    const start = slot * RECORD_WORDS;
    const bucket = this.#bucketOf(this.#words, start, peer);
    this.#words[start + NEXT] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = slot;
  }

  /** Removes the oldest record from its chain. It is the last, because new ones are added first. */
  #unlink(slot: number): void {
    const peer = this.#peers[slot] as Peer;
    const bucket = this.#bucketOf(this.#words, slot * RECORD_WORDS, peer);
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
      const peer = peers[number & (slots - 1)] as Peer;
      this.#peers[slot] = peer;
      this.#link(slot, peer);
    }
  }
}

/**
 * Reads the id of a datagram into `given`. The byte order of the words does not matter, because they
 * are only compared with each other.
 */
function readGivenId(datagram: Buffer): void {
  for (let index = 0, at = ID_OFFSET; index < ID_WORDS; index += 1, at += 4) {
    given[index] =
      (datagram[at] as number) |
      ((datagram[at + 1] as number) << 8) |
      ((datagram[at + 2] as number) << 16) |
      ((datagram[at + 3] as number) << 24);
  }
}

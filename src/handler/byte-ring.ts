import { Buffer } from 'node:buffer';
import { writeLatin1 } from '../wire/latin1.js';

const FIRST_CAPACITY = 1024;
/** The block of all rings that have had no bytes yet. */
const NO_BYTES = Buffer.alloc(0);

/**
 * A queue of byte strings in one block of memory, which the garbage collector does not have to
 * scan. Byte strings leave in the order in which they came. The user keeps the place and the length
 * of each, and bounds the sum of the lengths, to at most 2^31.
 *
 * Byte strings are strings with one latin1 character for each byte, as in an `OutboundFrame`.
 */
export class ByteRing {
  /** Its length is a power of two, so that places can grow without end, modulo 2^32. */
  #bytes = NO_BYTES;
  #head = 0;
  #size = 0;

  /** Adds bytes, and makes room for them if needed. Gives their place, an integer of 32 bits. */
  push(text: string): number {
    const place = this.#head;
    this.#grow(this.#size + text.length);
    this.#write(text, place);
    this.#head = (place + text.length) | 0;
    this.#size += text.length;
    return place;
  }

  read(place: number, length: number): string {
    const start = this.#offsetOf(place);
    const end = start + length;
    const first = this.#bytes.toString('latin1', start, end);
    if (end <= this.#bytes.length) return first;
    return first + this.#bytes.toString('latin1', 0, end - this.#bytes.length);
  }

  /** Removes the oldest bytes, as many as `length`. */
  release(length: number): void {
    this.#size -= length;
  }

  #write(text: string, place: number): void {
    const start = this.#offsetOf(place);
    const room = this.#bytes.length - start;
    if (text.length <= room) {
      writeLatin1(this.#bytes, text, start);
      return;
    }
    writeLatin1(this.#bytes, text.slice(0, room), start);
    writeLatin1(this.#bytes, text.slice(room), 0);
  }

  #grow(size: number): void {
    if (size <= this.#bytes.length) return;
    let capacity = Math.max(this.#bytes.length, FIRST_CAPACITY);
    while (capacity < size) capacity *= 2;
    const old = this.#bytes;
    const oldest = (this.#head - this.#size) | 0;
    const start = this.#offsetOf(oldest);
    const firstPiece = old.subarray(start, start + this.#size);
    this.#bytes = Buffer.alloc(capacity);
    this.#copy(firstPiece, oldest);
    this.#copy(old.subarray(0, this.#size - firstPiece.length), oldest + firstPiece.length);
  }

  /** Copies bytes into a new block with enough room, where they may wrap at another place. */
  #copy(bytes: Buffer, place: number): void {
    const start = this.#offsetOf(place);
    const room = this.#bytes.length - start;
    this.#bytes.set(bytes.subarray(0, room), start);
    this.#bytes.set(bytes.subarray(room));
  }

  #offsetOf(place: number): number {
    return place & (this.#bytes.length - 1);
  }
}

/**
 * Value stream: decodes small bodies as one stream of values. To `decode` a single value, the
 * library `@msgpack/msgpack` creates a DataView and a stack, which takes longer than to decode a
 * small body: 760 ns in all for a name and a short text. In a stream it reads each such value in
 * 420 ns. So small bodies of all senders are copied one after the other into a buffer that it reads
 * as a stream.
 */
import type { Buffer } from 'node:buffer';
import { Decoder } from '@msgpack/msgpack';
import { EXTENSION_CODEC } from './extension-codec.js';

const OPTIONS = { useBigInt64: true, extensionCodec: EXTENSION_CODEC } as const;

/**
 * Bodies up to this size go into the stream. It bounds what the decoder keeps in memory: one key
 * for each level.
 */
const MAX_STREAMED_BYTES = 2_048;
/** How many bytes are read before a new stream replaces the old one. */
const STREAM_BYTES = 0x4000;
/** Up to this length a loop copies faster than a native call. */
const MAX_LOOPED_BYTES = 40;
/** An integer of 16 bits. */
const MARK_BYTES = 3;
const UINT_16 = 0xcd;

/**
 * Decodes the value in `bytes[start, end)`, which `skim` found to be exactly one sound value. The
 * value is as the library gives it: 64-bit integers are bigints, and binary is a view that the next
 * call may overwrite.
 *
 * @throws Error when the library and `skim` disagree about where the value ends
 */
export function decodeSound(bytes: Buffer, start: number, end: number): unknown {
  const size = end - start;
  // A separate decoder, because a decoder keeps the last value that it has read.
  if (size > MAX_STREAMED_BYTES) return new Decoder(OPTIONS).decode(bytes.subarray(start, end));
  const stream = idle?.hasRoomFor(size) === true ? idle : new ValueStream();
  // After a fault, the decoder's position in the stream is unknown.
  idle = undefined;
  const value = stream.decode(bytes, start, end);
  idle = stream;
  return value;
}

class ValueStream {
  readonly #bytes = new Uint8Array(STREAM_BYTES);
  readonly #values = new Decoder(OPTIONS).decodeMulti(this.#bytes);
  /** Where the next value is written and read. */
  #position = 0;

  hasRoomFor(size: number): boolean {
    return size + MARK_BYTES <= STREAM_BYTES - this.#position;
  }

  /**
   * Each value is followed by a mark that differs from all marks before it. If `skim` and the
   * library ever disagreed about where a value ends, only that body would be lost, and not all
   * bodies after it.
   */
  decode(bytes: Buffer, start: number, end: number): unknown {
    const mark = this.#position;
    this.#append(bytes, start, end);
    this.#appendMark(mark);
    const { value } = this.#values.next();
    if (this.#values.next().value !== mark) {
      throw new Error('skim and the decoder disagree about where the value ends');
    }
    return value;
  }

  #append(bytes: Buffer, start: number, end: number): void {
    const target = this.#bytes;
    let position = this.#position;
    this.#position += end - start;
    if (end - start > MAX_LOOPED_BYTES) {
      target.set(bytes.subarray(start, end), position);
      return;
    }
    for (let offset = start; offset < end; offset += 1) {
      target[position++] = bytes[offset] as number;
    }
  }

  #appendMark(mark: number): void {
    this.#bytes[this.#position] = UINT_16;
    this.#bytes[this.#position + 1] = mark >>> 8;
    this.#bytes[this.#position + 2] = mark;
    this.#position += MARK_BYTES;
  }
}

/** The stream that is in use, when it is not being read. */
let idle: ValueStream | undefined;

import type { Buffer } from 'node:buffer';
import { Decoder } from '@msgpack/msgpack';
import { EXTENSION_CODEC } from './extension-codec.js';

/*
 * The decoder of @msgpack/msgpack. To `decode` one value it makes a DataView and a stack, which take longer than
 * a small body itself: 760 ns for a name and a short text. Of a stream of values it reads each in 420 ns. So
 * small bodies, whoever sent them, are made one stream: they are copied one after another into a buffer that it
 * is reading from.
 */

const OPTIONS = { useBigInt64: true, extensionCodec: EXTENSION_CODEC } as const;

/** Bodies up to this size are made one stream. It bounds what the decoder keeps: of each level a key. */
const MAX_STREAMED_BYTES = 2_048;
/** How much is read before a stream is given up for a new one. */
const STREAM_BYTES = 0x4000;
/** Up to this length a loop copies faster than a native call. */
const MAX_LOOPED_BYTES = 40;
/** An integer of 16 bits. */
const MARK_BYTES = 3;
const UINT_16 = 0xcd;

/**
 * The value in `bytes[start, end)`, all of which `skim` found sound and one value. It is as the library has it:
 * 64-bit integers are bigints, binary is a view, which the next call may overwrite.
 *
 * @throws Error when the library finds another value there than the guard
 */
export function decodeSound(bytes: Buffer, start: number, end: number): unknown {
  const size = end - start;
  // By a decoder of its own: it keeps what it has read last.
  if (size > MAX_STREAMED_BYTES) return new Decoder(OPTIONS).decode(bytes.subarray(start, end));
  const stream = idle?.hasRoomFor(size) === true ? idle : new ValueStream();
  // After a fault nobody knows where in the stream the decoder is.
  idle = undefined;
  const value = stream.decode(bytes, start, end);
  idle = stream;
  return value;
}

class ValueStream {
  readonly #bytes = new Uint8Array(STREAM_BYTES);
  readonly #values = new Decoder(OPTIONS).decodeMulti(this.#bytes);
  /** Where the next value is written, and read from. */
  #position = 0;

  hasRoomFor(size: number): boolean {
    return size + MARK_BYTES <= STREAM_BYTES - this.#position;
  }

  /**
   * Behind each value a mark is written, different from those before it. If guard and library ever were of two
   * opinions where a value ends, that body alone would suffer, not all that come after.
   */
  decode(bytes: Buffer, start: number, end: number): unknown {
    const mark = this.#position;
    this.#append(bytes, start, end);
    this.#appendMark(mark);
    const { value } = this.#values.next();
    if (this.#values.next().value !== mark) throw new Error('the value ends elsewhere');
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

/** The one that is read from now. */
let idle: ValueStream | undefined;

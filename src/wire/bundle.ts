import { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { HEADER_BYTES } from './frame.js';
import { TYPE_BYTE } from './frame-type.js';
import type { OutboundFrame } from './outbound-frame.js';

/*
 * A bundle: several frames for one rpcudp endpoint in one datagram.
 *
 *   type 0x04, 20 bytes of zero in place of an id, body = msgpack array of binaries
 *
 * Each binary is a whole frame, with a type, an id, a body and a header map of its own, and none is a
 * bundle. To Python's rpcudp it is a datagram of an unknown type with a sound body, which it ignores.
 */

/** An array of 16 bits: one length for bundles of every size, so that frames have their place at once. */
const ARRAY_HEAD_BYTES = 3;
/** What stands before the frames. */
export const BUNDLE_HEADER_BYTES = HEADER_BYTES + ARRAY_HEAD_BYTES;

/** The most frames in a bundle: what one datagram can keep its receiver busy with has an end. */
export const MAX_BUNDLE_FRAMES = 256;

const FIXED_ARRAY = 0x90;
const ARRAY_16 = 0xdc;
const ARRAY_32 = 0xdd;
const BINARY_8 = 0xc4;
const BINARY_16 = 0xc5;
const BINARY_32 = 0xc6;
const MIN_BINARY_BYTES = 2;

/** The most bytes that bundling adds to a frame: its length field, and its half of a bundle's header. */
export const MAX_BUNDLING_BYTES = 3 + BUNDLE_HEADER_BYTES / 2;

/** How many bytes a frame takes in a bundle. */
export function bundledBytes({ length }: { readonly length: number }): number {
  return (length <= 0xff ? 2 : 3) + length;
}

/** The datagram of a bundle. `bytes` is what its frames take by `bundledBytes`. */
export function encodeBundle(
  frames: readonly Pick<OutboundFrame, 'length' | 'write'>[],
  bytes: number,
): Buffer {
  const datagram = Buffer.allocUnsafe(BUNDLE_HEADER_BYTES + bytes);
  datagram.fill(0, 0, HEADER_BYTES);
  datagram[0] = TYPE_BYTE.bundle;
  datagram[HEADER_BYTES] = ARRAY_16;
  datagram.writeUInt16BE(frames.length, HEADER_BYTES + 1);
  let offset = BUNDLE_HEADER_BYTES;
  for (const frame of frames) {
    const { length } = frame;
    if (length <= 0xff) {
      datagram[offset] = BINARY_8;
      datagram[offset + 1] = length;
      offset += 2;
    } else {
      datagram[offset] = BINARY_16;
      datagram.writeUInt16BE(length, offset + 1);
      offset += 3;
    }
    offset = frame.write(datagram, offset);
  }
  return datagram;
}

/** Whether a datagram says that it is a bundle. */
export function isBundle(datagram: Uint8Array): boolean {
  return datagram[0] === TYPE_BYTE.bundle;
}

/**
 * Gives each frame of a bundle to `take`, as a view of the datagram; or takes none, and gives the reason.
 * Drops `tooShort`, `truncated`, and `shape`: anything but an array of 1 to 256 binaries. Bytes after the array
 * are ignored. Frames are not looked into.
 */
export function unpackBundle(datagram: Buffer, take: (frame: Buffer) => void): Drop | undefined {
  const fault = faultOf(datagram);
  if (fault !== undefined) return fault;
  const reader = new Reader(datagram);
  for (let left = reader.readArrayHead(); left > 0; left -= 1) {
    const length = reader.readBinaryHead();
    take(datagram.subarray(reader.offset, (reader.offset += length)));
  }
  return undefined;
}

/** The whole of a bundle is checked before the first frame is taken: it is believed whole or not at all. */
function faultOf(datagram: Buffer): Drop | undefined {
  if (datagram.length <= HEADER_BYTES) return DROP.tooShort;
  const reader = new Reader(datagram);
  let left = reader.readArrayHead();
  if (left <= 0) return left === TRUNCATED ? DROP.truncated : DROP.shape;
  if (left > MAX_BUNDLE_FRAMES) {
    const room = (datagram.length - reader.offset) / MIN_BINARY_BYTES;
    return left > room ? DROP.truncated : DROP.shape;
  }
  for (; left > 0; left -= 1) {
    const length = reader.readBinaryHead();
    if (length === OTHER) return DROP.shape;
    reader.offset += length;
    if (length === TRUNCATED || reader.offset > datagram.length) return DROP.truncated;
  }
  return undefined;
}

/** In place of a size: something else stands there; or the datagram ends before the size does. */
const OTHER = -1;
const TRUNCATED = -2;

class Reader {
  offset = HEADER_BYTES;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  readArrayHead(): number {
    const code = this.#bytes[this.offset++];
    if (code === undefined) return TRUNCATED;
    if ((code & 0xf0) === FIXED_ARRAY) return code & 0x0f;
    if (code === ARRAY_16) return this.#readSize(2);
    return code === ARRAY_32 ? this.#readSize(4) : OTHER;
  }

  readBinaryHead(): number {
    const code = this.#bytes[this.offset++];
    if (code === undefined) return TRUNCATED;
    return code >= BINARY_8 && code <= BINARY_32 ? this.#readSize(1 << (code - BINARY_8)) : OTHER;
  }

  #readSize(sizeBytes: number): number {
    const start = this.offset;
    this.offset += sizeBytes;
    if (this.offset > this.#bytes.length) return TRUNCATED;
    return this.#bytes.readUIntBE(start, sizeBytes);
  }
}

/**
 * Bundle: several frames for one rpcudp endpoint in one datagram.
 *
 *   type 0x04, 20 bytes of zero in place of an id, body = msgpack array of binaries
 *
 * Each binary is a whole frame with its own type, id, body and header map. It cannot be another
 * bundle. Python's rpcudp ignores a bundle, because it is a datagram of an unknown type with a
 * sound body.
 */
import { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { HEADER_BYTES } from './frame.js';
import { TYPE_BYTE } from './frame-type.js';
import type { OutboundFrame } from './outbound-frame.js';

/** The head of a 16-bit array is used for every size, so that offsets are known early. */
const ARRAY_HEAD_BYTES = 3;
/** The bytes before the frames. */
export const BUNDLE_HEADER_BYTES = HEADER_BYTES + ARRAY_HEAD_BYTES;

/** The most frames in a bundle. It limits the work that one datagram can cause at its receiver. */
export const MAX_BUNDLE_FRAMES = 256;

const FIXED_ARRAY = 0x90;
const ARRAY_16 = 0xdc;
const ARRAY_32 = 0xdd;
const BINARY_8 = 0xc4;
const BINARY_16 = 0xc5;
const BINARY_32 = 0xc6;
const MIN_BINARY_BYTES = 2;

/** The most bytes that bundling adds to a frame: its length field, half of a bundle's header. */
export const MAX_BUNDLING_BYTES = 3 + BUNDLE_HEADER_BYTES / 2;

export function bundledBytes({ length }: { readonly length: number }): number {
  return (length <= 0xff ? 2 : 3) + length;
}

/** The datagram of a bundle. `bytes` is the sum of `bundledBytes` of its frames. */
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

export function isBundle(datagram: Uint8Array): boolean {
  return datagram[0] === TYPE_BYTE.bundle;
}

/**
 * Gives each frame of a bundle to `take`, as a view of the datagram. If the bundle is not sound, it
 * takes no frame and gives the reason: `tooShort`, `truncated`, or `shape` if the body is not an
 * array of 1 to 256 binaries. Bytes after the array are ignored. Frames are not checked.
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

/** Checks a whole bundle before its first frame is taken: all frames are taken, or none. */
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

/** Returned instead of a size: an item of another kind, or the datagram ends too early. */
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

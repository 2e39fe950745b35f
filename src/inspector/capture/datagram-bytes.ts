/** Rebuilds datagrams from their records. */
import {
  BUNDLE_HEADER_BYTES,
  bundledBytes,
  encodeBundle,
  isBundle,
  MAX_BUNDLE_FRAMES,
} from '../../wire/bundle.js';
import type { RecordOf } from '../record.js';
import { MAX_PAYLOAD_BYTES } from './ip-packet.js';

/** A datagram, as far as its record shows it. */
export interface RebuiltDatagram {
  readonly bytes: Buffer;
  /** How many frames it has. */
  readonly frames: number;
  /** How many of its frames have `(masked)` in place of a part of them. */
  readonly masked: number;
}

/**
 * The bytes of a recorded datagram; undefined if the record has none, or more than a datagram can
 * hold. Of a bundle, the frames that
 * the record does not show are left out. A bundle that could not be unpacked was recorded as one
 * frame and is returned unchanged.
 */
export function rebuildDatagram(datagram: RecordOf<'datagram'>): RebuiltDatagram | undefined {
  const known = datagram.frames
    .map(({ base64, masked }) => ({ bytes: Buffer.from(base64, 'base64'), masked }))
    .filter(({ bytes }) => bytes.length > 0);
  const [first] = known;
  if (first === undefined) return undefined;
  const frames = known.map(({ bytes }) => bytes);
  const masked = known.filter((frame) => frame.masked === true).length;
  const isWhole = !datagram.bundle || isBundle(first.bytes);
  const bytes = isWhole ? first.bytes : bundleOf(frames);
  if (bytes === undefined || bytes.length > MAX_PAYLOAD_BYTES) return undefined;
  return isWhole
    ? { bytes, frames: 1, masked: first.masked === true ? 1 : 0 }
    : { bytes, frames: frames.length, masked };
}

/**
 * Frames can be any bytes, because what arrives is not always well-formed. So they are copied and
 * not encoded again.
 */
function bundleOf(frames: readonly Buffer[]): Buffer | undefined {
  const bytes = frames.reduce((sum, frame) => sum + bundledBytes(frame), 0);
  if (frames.length > MAX_BUNDLE_FRAMES || BUNDLE_HEADER_BYTES + bytes > MAX_PAYLOAD_BYTES) {
    return undefined;
  }
  const written = frames.map((frame) => ({
    length: frame.length,
    write: (datagram: Buffer, offset: number) => offset + frame.copy(datagram, offset),
  }));
  return encodeBundle(written, bytes);
}

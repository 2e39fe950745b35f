/** Datagrams, made of their records. */
import { bundledBytes, encodeBundle, isBundle } from '../../wire/bundle.js';
import type { RecordOf } from '../record.js';

/** A datagram as far as it is known. */
export interface RebuiltDatagram {
  readonly bytes: Buffer;
  /** How many frames are in it. */
  readonly frames: number;
  /** How many of those have `(masked)` in place of what was there. */
  readonly masked: number;
}

/**
 * The bytes of a recorded datagram; undefined if the record has none. A bundle of which some frames are not shown is a bundle
 * of the others; one that could not be unpacked is one frame, and as it was.
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
  return isWhole
    ? { bytes: first.bytes, frames: 1, masked: first.masked === true ? 1 : 0 }
    : { bytes: bundleOf(frames), frames: frames.length, masked };
}

/** Frames may be any bytes: what arrives is not always sound. */
function bundleOf(frames: readonly Buffer[]): Buffer {
  const bytes = frames.reduce((sum, frame) => sum + bundledBytes(frame), 0);
  const written = frames.map((frame) => ({
    length: frame.length,
    write: (datagram: Buffer, offset: number) => offset + frame.copy(datagram, offset),
  }));
  return encodeBundle(written, bytes);
}

/**
 * Probe: encodes and decodes the two frames of first contact, a probe and its answer.
 *
 * Their body is nil, or a binary that makes the datagram longer. If the binary of a probe begins
 * with the byte 1, its answer shall be padded as well, so that whoever asks learns which sizes come
 * back. The header map after it is what they are about: who sends one understands all of this
 * protocol.
 */
import { Buffer } from 'node:buffer';
import { DROP, type Drop, isDrop } from './drop.js';
import { KIND_BINARY, kindOf, payloadAt, sizeOf } from './format.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from './frame.js';
import { PLAIN_HEADER_MAP } from './header-map.js';
import { readHeaderMap } from './header-map-reader.js';
import { OutboundFrame } from './outbound-frame.js';
import { encodeSignal, NIL } from './signal.js';
import { skim } from './skim.js';
import type { TransactionId } from './transaction-id.js';

/** The first byte of a padding that asks for an answer with as much of it. */
export const ANSWER_AS_LONG = 1;

const BIN_8 = 0xc4;
const BIN_16 = 0xc5;
const MAX_UINT8 = 0xff;

/** What a padded probe has beside its padding: header, head of a long binary, header map. */
export const PADDED_PROBE_BYTES = HEADER_BYTES + 3 + PLAIN_HEADER_MAP.length;
/** The most padding that the largest datagram has room for. */
export const MAX_PADDING_BYTES = MAX_DATAGRAM_BYTES - PADDED_PROBE_BYTES;

/**
 * Makes a probe, or the answer to one, that is longer than it needs to be. With more than 255 bytes
 * of padding the datagram has `PADDED_PROBE_BYTES` more; without any its body is nil.
 *
 * @throws RangeError for more than `MAX_PADDING_BYTES`.
 */
export function encodePadded(
  type: 'probe' | 'present',
  id: TransactionId,
  padding: Uint8Array,
): OutboundFrame {
  const { length } = padding;
  if (length === 0) return encodeSignal(type, id);
  if (length > MAX_PADDING_BYTES) {
    throw new RangeError(`padding has at most ${MAX_PADDING_BYTES} bytes, not ${length}`);
  }
  const head =
    length > MAX_UINT8 ? Buffer.of(BIN_16, length >>> 8, length & 0xff) : Buffer.of(BIN_8, length);
  const body = Buffer.concat([head, padding]).toString('latin1');
  return new OutboundFrame(type, id, body, PLAIN_HEADER_MAP);
}

/** The answer to a probe that `decodeProbe` took. It is never longer than the probe. */
export function answerToProbe(id: TransactionId, probe: Buffer): OutboundFrame {
  // Zeros, so that nobody can have bytes of his choice sent from here to a forged address.
  return encodePadded('present', id, new Uint8Array(askedPaddingBytes(probe)));
}

/** How much padding the answer to this probe shall have; 0 if it did not ask for any. */
export function askedPaddingBytes(probe: Buffer): number {
  if (kindOf(probe[HEADER_BYTES] ?? NIL) !== KIND_BINARY) return 0;
  if (probe[payloadAt(probe, HEADER_BYTES)] !== ANSWER_AS_LONG) return 0;
  return Math.min(sizeOf(probe, HEADER_BYTES), MAX_PADDING_BYTES);
}

/**
 * Checks the body of a probe, or of its answer, that `readFrame` gave. Drops another body and a
 * missing header map (`shape`), and a binary that is cut short (`truncated`).
 */
export function decodeProbe(datagram: Buffer): { readonly end: number } | Drop {
  const code = datagram[HEADER_BYTES] ?? NIL;
  if (code !== NIL && kindOf(code) !== KIND_BINARY) return DROP.shape;
  const skimmed = skim(datagram, HEADER_BYTES);
  if (isDrop(skimmed)) return skimmed;
  const { end } = skimmed;
  return readHeaderMap(datagram, end) === undefined ? DROP.shape : { end };
}

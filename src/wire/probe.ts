/**
 * Probe: decodes the two frames of first contact, a probe and its answer. `encodeSignal` makes
 * them.
 *
 * Their body is nil, or a binary that only makes the datagram longer. The header map after it is
 * what they are about: who sends one understands all of this protocol.
 */
import type { Buffer } from 'node:buffer';
import { DROP, type Drop, isDrop } from './drop.js';
import { KIND_BINARY, kindOf } from './format.js';
import { HEADER_BYTES } from './frame.js';
import { readHeaderMap } from './header-map-reader.js';
import { NIL } from './signal.js';
import { skim } from './skim.js';

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

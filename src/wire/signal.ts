/** Signal: encodes and decodes frames that have no data in their body. */
import type { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { HEADER_BYTES } from './frame.js';
import { type TransactionId } from './transaction-id.js';
import type { SignalType } from './frame-type.js';
import { PLAIN_HEADER_MAP } from './header-map.js';
import { OutboundFrame } from './outbound-frame.js';

export const NIL = 0xc0;
const NIL_BODY = String.fromCharCode(NIL);

/** Makes the frame of a signal about the request with this id. Its body is nil. */
export function encodeSignal(
  type: SignalType,
  id: TransactionId,
  headerMap: Uint8Array = PLAIN_HEADER_MAP,
): OutboundFrame {
  return new OutboundFrame(type, id, NIL_BODY, headerMap);
}

/** Checks the body of a signal that `readFrame` gave. Drops a body that is not nil (`shape`). */
export function decodeSignal(datagram: Buffer): { readonly end: number } | Drop {
  return datagram[HEADER_BYTES] === NIL ? { end: HEADER_BYTES + 1 } : DROP.shape;
}

import type { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { HEADER_BYTES } from './frame.js';
import { type TransactionId } from './transaction-id.js';
import type { SignalType } from './frame-type.js';
import { PLAIN_HEADER_MAP } from './header-map.js';
import { OutboundFrame } from './outbound-frame.js';

const NIL = 0xc0;
const NIL_BODY = String.fromCharCode(NIL);

/** The frame of a signal about the request with this id: body nil. */
export function encodeSignal(
  type: SignalType,
  id: TransactionId,
  headerMap: Uint8Array = PLAIN_HEADER_MAP,
): OutboundFrame {
  return new OutboundFrame(type, id, NIL_BODY, headerMap);
}

/** Looks at the body of a signal that `readFrame` gave. Drops what is not nil (`shape`). */
export function decodeSignal(datagram: Buffer): { readonly end: number } | Drop {
  return datagram[HEADER_BYTES] === NIL ? { end: HEADER_BYTES + 1 } : DROP.shape;
}

import { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { HEADER_BYTES, ID_BYTES, type TransactionId, TYPE_BYTE } from './frame.js';
import { PLAIN_HEADER_MAP } from './header-map.js';

/** Datagrams that say all they have to say by their type: see `TYPE_BYTE`. */
export type SignalType = 'cancel' | 'working' | 'challenge';

const NIL = 0xc0;

/** The datagram of a signal about the request with this id: body nil. */
export function encodeSignal(
  type: SignalType,
  id: TransactionId,
  headerMap: Uint8Array = PLAIN_HEADER_MAP,
): Buffer {
  const datagram = Buffer.allocUnsafe(HEADER_BYTES + 1 + headerMap.length);
  datagram[0] = TYPE_BYTE[type];
  datagram.write(id, 1, ID_BYTES, 'latin1');
  datagram[HEADER_BYTES] = NIL;
  datagram.set(headerMap, HEADER_BYTES + 1);
  return datagram;
}

/** Looks at the body of a signal that `readFrame` gave. Drops what is not nil (`shape`). */
export function decodeSignal(datagram: Buffer): { readonly end: number } | Drop {
  return datagram[HEADER_BYTES] === NIL ? { end: HEADER_BYTES + 1 } : DROP.shape;
}

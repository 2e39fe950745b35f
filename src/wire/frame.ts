/**
 * Frame: the layout of a datagram, and its sizes.
 *
 * datagram = type(1) id(20) body [header map]
 *
 * frame-type.ts has the types, transaction-id.ts the ids, header-map.ts the header map. A body is
 * one msgpack value. Python's rpcudp 5.x ignores all bytes after it.
 */
import type { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { type FrameType, typeOfByte } from './frame-type.js';
import { ID_BYTES, readId, type TransactionId } from './transaction-id.js';

/** The offset of the id in a datagram: after the type byte. */
export const ID_OFFSET = 1;
/** The bytes before the body: the type byte and the id. */
export const HEADER_BYTES = ID_OFFSET + ID_BYTES;
/** The fewest bytes of a datagram: a header and one byte of body. */
export const MIN_DATAGRAM_BYTES = HEADER_BYTES + 1;
/** The most bytes of a request's body. rpcudp 5.x does not send more ("cannot exceed 8K"). */
export const MAX_REQUEST_BODY_BYTES = 8192;
/** The most bytes of a request's header map. It bounds the length of the datagram. */
export const MAX_HEADER_MAP_BYTES = 512;
const MAX_REQUEST_BYTES = HEADER_BYTES + MAX_REQUEST_BODY_BYTES + MAX_HEADER_MAP_BYTES;
/** The most bytes of a datagram of UDP over IPv4: 65535 − 20 (IPv4 header) − 8 (UDP header). */
export const MAX_DATAGRAM_BYTES = 65_507;

/** A datagram, or a part of a bundle, of which only the length and the type were checked. */
export class Frame {
  readonly type: FrameType;
  readonly datagram: Buffer;
  #id: TransactionId | undefined;

  constructor(type: FrameType, datagram: Buffer) {
    this.type = type;
    this.datagram = datagram;
  }

  /** Made when it is asked for: an answer finds its call by the bytes. */
  get id(): TransactionId {
    return (this.#id ??= readId(this.datagram, ID_OFFSET));
  }
}

/**
 * Reads the length and the type of a datagram. It does not decode the body, because the body may
 * not be needed. Drops `tooShort`, `unknownType` and, for requests, `tooLong`.
 */
export function readFrame(datagram: Buffer): Frame | Drop {
  if (datagram.length < MIN_DATAGRAM_BYTES) return DROP.tooShort;
  const type = typeOfByte(datagram[0]);
  if (type === undefined) return DROP.unknownType;
  if (type === 'request' && datagram.length > MAX_REQUEST_BYTES) return DROP.tooLong;
  return new Frame(type, datagram);
}

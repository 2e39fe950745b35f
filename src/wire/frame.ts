import type { Buffer } from 'node:buffer';
import { DROP, type Drop } from './drop.js';
import { type FrameType, typeOfByte } from './frame-type.js';
import { ID_BYTES, type TransactionId } from './transaction-id.js';

/*
 * datagram = type(1) id(20) body [header map]
 *
 * frame-type.ts has the types, transaction-id.ts the ids, header-map.ts the header map. A body is one msgpack value; Python's rpcudp 5.x ignores
 * whatever stands after it.
 */

/** Where a datagram has it: after the type byte. */
export const ID_OFFSET = 1;
/** Length of what stands before the body: the type byte and the id. */
export const HEADER_BYTES = ID_OFFSET + ID_BYTES;
/** The least a datagram can be: a header and one byte of body. */
export const MIN_DATAGRAM_BYTES = HEADER_BYTES + 1;
/** The most a request's body can be: rpcudp 5.x sends no more ("cannot exceed 8K"). */
export const MAX_REQUEST_BODY_BYTES = 8192;
/** The most a request's header map can be, so that what a datagram may be has an end. */
const MAX_HEADER_MAP_BYTES = 512;
/** The most a request can be, header map included. */
const MAX_REQUEST_BYTES = HEADER_BYTES + MAX_REQUEST_BODY_BYTES + MAX_HEADER_MAP_BYTES;
/** The most UDP over IPv4 carries in one datagram: 65535 − 20 (IPv4 header) − 8 (UDP header). */
export const MAX_DATAGRAM_BYTES = 65_507;

/** A datagram of which only length, type and id were read. */
export interface Frame {
  readonly type: FrameType;
  readonly id: TransactionId;
  /** The whole frame; its body is decoded once it is known to be wanted. */
  readonly datagram: Buffer;
}

/**
 * Reads length, type and id of a datagram and decodes nothing: a body is worth decoding only when a
 * call waits for it. Drops `tooShort`, `unknownType`, `tooLong` (requests).
 */
export function readFrame(datagram: Buffer): Frame | Drop {
  if (datagram.length < MIN_DATAGRAM_BYTES) return DROP.tooShort;
  const type = typeOfByte(datagram[0]);
  if (type === undefined) return DROP.unknownType;
  if (type === 'request' && datagram.length > MAX_REQUEST_BYTES) return DROP.tooLong;
  return { type, id: datagram.toString('hex', ID_OFFSET, HEADER_BYTES), datagram };
}

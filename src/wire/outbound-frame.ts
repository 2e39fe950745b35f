import { Buffer } from 'node:buffer';
import { HEADER_BYTES, ID_OFFSET } from './frame.js';
import { type FrameType, TYPE_BYTE } from './frame-type.js';
import { stampRequest, tokenHeaderMap } from './header-map.js';
import { writeLatin1 } from './latin1.js';
import { ID_DIGITS, type TransactionId, writeId } from './transaction-id.js';

const NO_HEADER_MAP: Uint8Array = new Uint8Array();

/**
 * A frame to be sent, and kept for as long as it may have to be sent again.
 *
 * Its body is kept as text, a latin1 character for each byte. A `Buffer` would take 96 bytes more, and a
 * call that waits for long would keep alive all of the 8 KiB that Node cut its buffer from.
 */
export class OutboundFrame {
  readonly type: FrameType;
  readonly id: TransactionId;
  readonly body: string;
  protected readonly headerMap: Uint8Array;

  /** @throws RangeError for what is no id: less would leave bytes of unrelated memory in the datagram. */
  constructor(
    type: FrameType,
    id: TransactionId,
    body: string,
    headerMap: Uint8Array = NO_HEADER_MAP,
  ) {
    if (id.length !== ID_DIGITS) {
      throw new RangeError(`a transaction id has ${ID_DIGITS} digits, this one ${id.length}`);
    }
    this.type = type;
    this.id = id;
    this.body = body;
    this.headerMap = headerMap;
  }

  /** How many bytes it takes. */
  get length(): number {
    return HEADER_BYTES + this.body.length + this.headerMap.length;
  }

  /** Writes the frame into a datagram; gives the offset just after it. */
  write(datagram: Buffer, offset: number): number {
    const bodyAt = offset + HEADER_BYTES;
    const headerMapAt = bodyAt + this.body.length;
    datagram[offset] = TYPE_BYTE[this.type];
    writeId(datagram, this.id, offset + ID_OFFSET);
    writeLatin1(datagram, this.body, bodyAt);
    datagram.set(this.headerMap, headerMapAt);
    return headerMapAt + this.headerMap.length;
  }

  /** The frame alone, in a datagram of its own. */
  toDatagram(): Buffer {
    const datagram = Buffer.allocUnsafe(this.length);
    this.write(datagram, 0);
    return datagram;
  }
}

/** A request: what its header map says of the transmission is written anew for each. */
export class RequestFrame extends OutboundFrame {
  #attempt = 1;
  #remainingMs = 0;

  /** @param headerMap one with room for a stamp at its end, as `requestHeaderMap` makes it */
  constructor(id: TransactionId, body: string, headerMap: Uint8Array) {
    super('request', id, body, headerMap);
  }

  /** From now on it says which transmission it is, and how long its caller goes on waiting. */
  stamp(attempt: number, remainingMs: number): void {
    this.#attempt = attempt;
    // A whole number is kept in place, any other in an object of its own.
    this.#remainingMs = Math.ceil(remainingMs);
  }

  override write(datagram: Buffer, offset: number): number {
    const end = super.write(datagram, offset);
    stampRequest(datagram, end, this.#attempt, this.#remainingMs);
    return end;
  }

  /** The request once more, with the token that a challenge asked for; to be stamped again. */
  withToken(token: Uint8Array): RequestFrame {
    return new RequestFrame(this.id, this.body, tokenHeaderMap(this.headerMap, token));
  }
}

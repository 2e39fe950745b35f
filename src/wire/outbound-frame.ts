/** Outbound frame: a frame that is sent, and kept while it may have to be sent again. */
import { Buffer } from 'node:buffer';
import { HEADER_BYTES, ID_OFFSET } from './frame.js';
import { type FrameType, TYPE_BYTE } from './frame-type.js';
import { stampRequest, tokenHeaderMap } from './header-map.js';
import { writeLatin1 } from './latin1.js';
import { ID_DIGITS, type TransactionId, writeId } from './transaction-id.js';

const NO_HEADER_MAP: Uint8Array = new Uint8Array();

/**
 * A frame to be sent.
 *
 * Its body is kept as text with one latin1 character for each byte. A `Buffer` would take 96 bytes
 * more, and a call that waits for a long time would keep the whole 8 KiB block in memory from which
 * Node.js cut its buffer.
 */
export class OutboundFrame {
  readonly type: FrameType;
  readonly id: TransactionId;
  readonly body: string;
  readonly headerMap: Uint8Array;

  /**
   * @throws RangeError for an id of the wrong length. A shorter one would leave bytes of unrelated
   * memory in the datagram.
   */
  constructor(
    type: FrameType,
    id: TransactionId,
    body: string,
    headerMap: Uint8Array = NO_HEADER_MAP,
  ) {
    if (id.length !== ID_DIGITS) {
      throw new RangeError(
        `a transaction id must have ${ID_DIGITS} digits, but this one has ${id.length}`,
      );
    }
    this.type = type;
    this.id = id;
    this.body = body;
    this.headerMap = headerMap;
  }

  /** The body with the header map after it, as text like the body. */
  get wholeBody(): string {
    return this.body + Buffer.from(this.headerMap).toString('latin1');
  }

  get length(): number {
    return HEADER_BYTES + this.body.length + this.headerMap.length;
  }

  /** Writes the frame into a datagram. Gives the offset just after it. */
  write(datagram: Buffer, offset: number): number {
    const bodyAt = offset + HEADER_BYTES;
    const headerMapAt = bodyAt + this.body.length;
    datagram[offset] = TYPE_BYTE[this.type];
    writeId(datagram, this.id, offset + ID_OFFSET);
    writeLatin1(datagram, this.body, bodyAt);
    datagram.set(this.headerMap, headerMapAt);
    return headerMapAt + this.headerMap.length;
  }

  /** The frame in its own datagram. */
  toDatagram(): Buffer {
    const datagram = Buffer.allocUnsafe(this.length);
    this.write(datagram, 0);
    return datagram;
  }
}

/** A request. Its header map is updated for each transmission. */
export class RequestFrame extends OutboundFrame {
  #attempt = 1;
  #remainingMs = 0;

  /** @param headerMap has room for a stamp at its end, as `requestHeaderMap` makes it */
  constructor(id: TransactionId, body: string, headerMap: Uint8Array) {
    super('request', id, body, headerMap);
  }

  /** Sets the number of the next transmission, and how long the caller still waits. */
  stamp(attempt: number, remainingMs: number): void {
    this.#attempt = attempt;
    // V8 stores a small integer in place, and any other number in a separate object.
    this.#remainingMs = Math.ceil(remainingMs);
  }

  override write(datagram: Buffer, offset: number): number {
    const end = super.write(datagram, offset);
    stampRequest(datagram, end, this.#attempt, this.#remainingMs);
    return end;
  }

  /** A copy of the request with the token that a challenge asked for. It must be stamped again. */
  withToken(token: Uint8Array): RequestFrame {
    return new RequestFrame(this.id, this.body, tokenHeaderMap(this.headerMap, token));
  }
}

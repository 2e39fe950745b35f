/** Stranger datagrams: what the strangers of the soak send, one after the other. */
import { randomFillSync } from 'node:crypto';
import { encode } from '@msgpack/msgpack';
import { NUMBER_BYTES } from './forged-sources.js';

const ID_BYTES = 20;
const ID_AT = NUMBER_BYTES + 1;
const BODY_AT = ID_AT + ID_BYTES;
const TYPE = { request: 0, response: 1, cancel: 3, unknown: 200 } as const;
/** msgpack: the header map of an rpcudp endpoint, with a deadline in 5,000 ms. */
const NATIVE = Buffer.of(0x83, 0, 1, 1, 1, 2, 0xcd, 0x13, 0x88);
const ECHO = encode(['echo', ['Snake Plissken']]);

/** A body that declares more than there is. */
const BROKEN = Buffer.of(0x92, 0xa4);

/** A datagram without number and id. `'again'` repeats the datagram before. */
type Kind = { readonly type: number; readonly body: Uint8Array } | 'again';

const NATIVE_ECHO: Kind = { type: TYPE.request, body: Buffer.concat([ECHO, NATIVE]) };
const OLD_ECHO: Kind = { type: TYPE.request, body: ECHO };

/** One round. Most are requests, because only these can make an endpoint remember anything. */
const KINDS: readonly Kind[] = [
  ...[NATIVE_ECHO, NATIVE_ECHO, OLD_ECHO, NATIVE_ECHO, 'again' as const],
  ...[NATIVE_ECHO, OLD_ECHO, NATIVE_ECHO, NATIVE_ECHO, OLD_ECHO, 'again' as const],
  { type: TYPE.request, body: Buffer.concat([encode(['noSuchProcedure', []]), NATIVE]) },
  { type: TYPE.response, body: Buffer.concat([encode('forged'), NATIVE]) },
  { type: TYPE.cancel, body: Buffer.concat([encode(null), NATIVE]) },
  { type: TYPE.request, body: BROKEN },
  { type: TYPE.unknown, body: encode(null) },
];

export class StrangerDatagrams {
  #number = -1;
  #made = 0;
  #last: Buffer = Buffer.alloc(0);

  /** The next datagram, with the number of its sender in front: a new one, or the last one again. */
  next(): Buffer {
    const kind = KINDS[this.#made % KINDS.length] as Kind;
    this.#made += 1;
    if (kind !== 'again') this.#last = this.#make(kind.type, kind.body);
    return this.#last;
  }

  #make(type: number, body: Uint8Array): Buffer {
    this.#number += 1;
    const datagram = Buffer.allocUnsafe(BODY_AT + body.length);
    datagram.writeUInt32BE(this.#number);
    datagram[NUMBER_BYTES] = type;
    randomFillSync(datagram, ID_AT, ID_BYTES);
    datagram.set(body, BODY_AT);
    return datagram;
  }
}

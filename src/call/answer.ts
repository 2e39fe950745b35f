/** Answer: reads the whole frame with which a peer answers a call. */
import { RemoteError } from '../api/outcome.js';
import { DROP, isDrop } from '../wire/drop.js';
import type { Drop } from '../wire/drop.js';
import { decodeErrorReply } from '../wire/error-reply.js';
import type { AnswerType } from '../wire/frame-type.js';
import { readHeaderMap } from '../wire/header-map-reader.js';
import { decodeProbe } from '../wire/probe.js';
import { decodeResponse } from '../wire/response.js';
import { decodeSignal } from '../wire/signal.js';

/** An answer that was read. `end` is the offset just after its body. */
export type Answer = { readonly end: number } & (
  | { readonly type: 'response'; readonly value: unknown }
  | { readonly type: 'error'; readonly error: RemoteError }
  | { readonly type: 'working' }
  | { readonly type: 'present' }
  | { readonly type: 'challenge'; readonly token: Uint8Array }
);

/** Whether an answer of this type gives its call an outcome. Other types report progress. */
const FINAL: Readonly<Record<AnswerType, boolean>> = {
  response: true,
  error: true,
  working: false,
  present: false,
  challenge: false,
};

export function isFinal(type: AnswerType): boolean {
  return FINAL[type];
}

export function readAnswer(type: AnswerType, datagram: Buffer): Answer | Drop {
  switch (type) {
    case 'response': {
      const body = decodeResponse(datagram);
      return isDrop(body) ? body : { type, value: body.value, end: body.end };
    }
    case 'error': {
      const body = decodeErrorReply(datagram);
      if (isDrop(body)) return body;
      return { type, error: new RemoteError(body.code, body.message, body.data), end: body.end };
    }
    case 'working': {
      const body = decodeSignal(datagram);
      return isDrop(body) ? body : { type, end: body.end };
    }
    case 'present': {
      const body = decodeProbe(datagram);
      return isDrop(body) ? body : { type, end: body.end };
    }
    case 'challenge': {
      const body = decodeSignal(datagram);
      if (isDrop(body)) return body;
      const token = readHeaderMap(datagram, body.end)?.token;
      return token === undefined ? DROP.shape : { type, token, end: body.end };
    }
  }
}

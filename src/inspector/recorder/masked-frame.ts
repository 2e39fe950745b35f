/**
 * Masked frames: the bytes of a frame as they may be shown. If a part is masked, they are those of
 * a frame without that part.
 */
import type { MaskTest } from '../../legible/mask.js';
import { mayRepeat } from '../../legible/transaction.js';
import type { Transaction } from '../../legible/transaction.js';
import { decodeValue } from '../../wire/decoder.js';
import { isDrop } from '../../wire/drop.js';
import { decodeErrorReply } from '../../wire/error-reply.js';
import { HEADER_BYTES } from '../../wire/frame.js';
import type { Frame } from '../../wire/frame.js';
import { FRAME_TYPES } from '../../wire/frame-type.js';
import type { FrameBody } from '../../wire/frame-type.js';
import { isKnownKey } from '../../wire/header-map.js';
import { readHeaderMap } from '../../wire/header-map-reader.js';
import { decodeRequest } from '../../wire/request.js';
import { decodeResponse } from '../../wire/response.js';
import { decodeSignal } from '../../wire/signal.js';
import { MaskedBody } from './masked-body.js';

/** The bytes of a frame, in base64. */
export interface ShownBytes {
  readonly base64: string;
  readonly masked?: true;
}

/** The bytes, unchanged. */
export function shownBytes(bytes: Buffer): ShownBytes {
  return { base64: bytes.toString('base64') };
}

/**
 * The bytes of a frame, with `(masked)` in place of each masked part. If the frame cannot be read,
 * or it answers an unknown call, only its type and its id are shown.
 */
export function maskedBytes(
  frame: Frame,
  transaction: Transaction | undefined,
  isMasked: MaskTest,
): ShownBytes {
  const { datagram } = frame;
  const header = datagram.subarray(0, HEADER_BYTES);
  const body = maskedBody(frame, transaction, isMasked);
  if (body === undefined) return { ...shownBytes(header), masked: true };
  const isWhole = body.end === datagram.length || isKnownHeaderMap(datagram, body.end);
  const headerMap = isWhole ? maskedHeaderMap(frame, body.end, transaction, isMasked) : undefined;
  if (!body.masked && headerMap?.masked === false) return shownBytes(datagram);
  const chunks = [
    header,
    body.toBuffer(),
    ...(headerMap === undefined ? [] : [headerMap.toBuffer()]),
  ];
  return { ...shownBytes(Buffer.concat(chunks)), masked: true };
}

/** The header map at `offset`, which is sound, or nothing. Its headers are masked as arguments are. */
function maskedHeaderMap(
  { type, datagram }: Frame,
  offset: number,
  transaction: Transaction | undefined,
  isMasked: MaskTest,
): MaskedBody {
  const request = type === 'request' ? decodeRequest(datagram) : undefined;
  const known = request ?? transaction;
  const procedure = known === undefined || isDrop(known) ? undefined : known.procedure;
  const isMaskedAt = (path: readonly string[]) => isMasked({ procedure, path });
  const map = new MaskedBody(datagram, offset, isMaskedAt);
  const isReply = request === undefined;
  const hidden = procedure === undefined || (isReply && isMaskedAt(['outcome']));
  if (map.end > offset) map.copyHeaderMap(isReply ? ['outcome', 'headers'] : ['headers'], hidden);
  return map;
}

function maskedBody(
  frame: Frame,
  transaction: Transaction | undefined,
  isMasked: MaskTest,
): MaskedBody | undefined {
  const { type, datagram } = frame;
  return MASKED_BODIES[FRAME_TYPES[type].body](datagram, transaction, isMasked);
}

type MaskBody = (
  datagram: Buffer,
  transaction: Transaction | undefined,
  isMasked: MaskTest,
) => MaskedBody | undefined;

const MASKED_BODIES: Readonly<Record<FrameBody, MaskBody>> = {
  call: (datagram, _, isMasked) => maskedRequest(datagram, isMasked),
  value: (datagram, transaction, isMasked) =>
    transaction && maskedResponse(datagram, transaction, isMasked),
  error: (datagram, transaction, isMasked) =>
    transaction && maskedError(datagram, transaction, isMasked),
  nil: unmaskedSignal,
  token: unmaskedSignal,
  // A binary means nothing to an endpoint, but it may be anything.
  padding: unmaskedSignal,
  frames: () => undefined,
};

function unmaskedSignal(datagram: Buffer): MaskedBody | undefined {
  if (isDrop(decodeSignal(datagram))) return undefined;
  return new MaskedBody(datagram, HEADER_BYTES, () => false);
}

function maskedRequest(datagram: Buffer, isMasked: MaskTest): MaskedBody | undefined {
  const request = decodeRequest(datagram);
  if (isDrop(request)) return undefined;
  const { procedure } = request;
  const body = new MaskedBody(datagram, HEADER_BYTES, (path) => isMasked({ procedure, path }));
  body.enter();
  body.pass();
  body.copyItems(['args']);
  return body;
}

function maskedResponse(
  datagram: Buffer,
  { procedure }: Transaction,
  isMasked: MaskTest,
): MaskedBody | undefined {
  if (procedure === undefined || isDrop(decodeResponse(datagram))) return undefined;
  const isMaskedAt = (path: readonly string[]) => isMasked({ procedure, path });
  const body = new MaskedBody(datagram, HEADER_BYTES, isMaskedAt);
  body.copy(['outcome', 'value'], isMaskedAt(['outcome']));
  return body;
}

function maskedError(
  datagram: Buffer,
  transaction: Transaction,
  isMasked: MaskTest,
): MaskedBody | undefined {
  const { procedure } = transaction;
  const error = decodeErrorReply(datagram);
  if (procedure === undefined || isDrop(error)) return undefined;
  const isMaskedAt = (path: readonly string[]) => isMasked({ procedure, path });
  const body = new MaskedBody(datagram, HEADER_BYTES, isMaskedAt);
  const path = ['outcome', 'error'];
  const hidden = isMaskedAt(['outcome']) || isMaskedAt(path);
  const hushed = hidden || mayRepeat(error.code, transaction);
  body.enter();
  body.copy([...path, 'code'], hidden);
  body.copy([...path, 'message'], hushed);
  body.copy([...path, 'data'], hushed);
  return body;
}

/** Whether the rest of the datagram is a header map with known keys only. */
function isKnownHeaderMap(datagram: Buffer, offset: number): boolean {
  if (readHeaderMap(datagram, offset) === undefined) return false;
  const map = decodeValue(datagram, offset);
  if (isDrop(map) || map.end !== datagram.length || !(map.value instanceof Map)) return false;
  return [...map.value.keys()].every(isKnownKey);
}

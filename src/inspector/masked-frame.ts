/** Frames as they may be shown: their own bytes, or, if something in them is masked, those of a frame without it. */
import { MASKED } from '../inspect/mask.js';
import type { MaskTest } from '../inspect/mask.js';
import { isDrop } from '../wire/drop.js';
import { encodeBody } from '../wire/encoder.js';
import { decodeErrorReply } from '../wire/error-reply.js';
import { HEADER_BYTES, MAX_DATAGRAM_BYTES } from '../wire/frame.js';
import type { Frame } from '../wire/frame.js';
import { decodeRequest } from '../wire/request.js';
import { decodeResponse } from '../wire/response.js';

/** A frame's bytes, in base64. */
export interface ShownBytes {
  readonly base64: string;
  readonly masked?: true;
}

/** The bytes as they are. */
export function shownBytes(bytes: Buffer): ShownBytes {
  return { base64: bytes.toString('base64') };
}

/**
 * The bytes of a frame with `(masked)` for all that is masked in it. Of what cannot be read only type and id are left, for
 * nobody knows what it holds.
 */
export function maskedBytes(
  frame: Frame,
  procedure: string | undefined,
  isMasked: MaskTest,
): ShownBytes {
  const { datagram } = frame;
  const body = readBody(frame);
  if (body === undefined)
    return { ...shownBytes(datagram.subarray(0, HEADER_BYTES)), masked: true };
  const isMaskedAt = (path: readonly string[]) =>
    isMasked({ procedure: body.procedure ?? procedure, path });
  const value = body.items.map(({ item, path }) => masked(item, path, isMaskedAt));
  if (value.every((item, index) => item === body.items[index]?.item)) return shownBytes(datagram);
  const text = encodeBody(body.wrap(value), 'body', MAX_DATAGRAM_BYTES, () => new RangeError());
  const bytes = Buffer.concat([
    datagram.subarray(0, HEADER_BYTES),
    Buffer.from(text, 'latin1'),
    datagram.subarray(body.end),
  ]);
  return { ...shownBytes(bytes), masked: true };
}

interface Body {
  readonly procedure?: string;
  /** What may be masked, and where it stands for a mask. */
  readonly items: readonly { readonly item: unknown; readonly path: readonly string[] }[];
  readonly wrap: (items: readonly unknown[]) => unknown;
  readonly end: number;
}

function readBody({ type, datagram }: Frame): Body | undefined {
  switch (type) {
    case 'request': {
      const body = decodeRequest(datagram);
      if (isDrop(body)) return undefined;
      const { procedure, args, end } = body;
      const items = [{ item: args, path: ['args'] }];
      return { procedure, items, wrap: ([masked]) => [procedure, masked], end };
    }
    case 'response': {
      const body = decodeResponse(datagram);
      if (isDrop(body)) return undefined;
      const items = [{ item: body.value, path: ['outcome', 'value'] }];
      return { items, wrap: ([masked]) => masked, end: body.end };
    }
    case 'error': {
      const body = decodeErrorReply(datagram);
      if (isDrop(body)) return undefined;
      const { code, message, data, end } = body;
      const path = ['outcome', 'error'];
      const items = [{ item: message, path: [...path, 'message'] }];
      if (data === undefined) return { items, wrap: ([text]) => [code, text], end };
      return {
        items: [...items, { item: data, path: [...path, 'data'] }],
        wrap: ([text, masked]) => [code, text, masked],
        end,
      };
    }
    case 'cancel':
    case 'working':
    case 'challenge':
      return { items: [], wrap: () => null, end: HEADER_BYTES };
    case 'bundle':
      return undefined;
  }
}

/** The value itself if nothing in it is masked, else a copy. What arrived nests no deeper than the wire allows. */
function masked(
  value: unknown,
  path: readonly string[],
  isMaskedAt: (path: readonly string[]) => boolean,
): unknown {
  if (isMaskedAt(path)) return MASKED;
  const inner = (item: unknown, ...keys: readonly string[]) =>
    masked(item, [...path, ...keys], isMaskedAt);
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const copy = items.map((item, index) => inner(item, String(index)));
    return copy.every((item, index) => item === items[index]) ? value : copy;
  }
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)];
    const copy = entries.map(([key, item]) => [key, inner(item, 'map', String(key))] as const);
    return copy.every(([, item], index) => item === entries[index]?.[1]) ? value : new Map(copy);
  }
  if (!isPlain(value)) return value;
  const entries = Object.entries(value);
  const copy = entries.map(([key, item]) => [key, inner(item, key)] as const);
  return copy.every(([, item], index) => item === entries[index]?.[1])
    ? value
    : Object.fromEntries(copy);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

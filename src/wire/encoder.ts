import { Buffer } from 'node:buffer';
import { Encoder } from '@msgpack/msgpack';
import { EXTENSION_CODEC } from './extension-codec.js';
import { faithfulCopy } from './faithful-copy.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { OverBudget, Unfaithful } from './unfaithful.js';

/** Makes the error for a body that takes too many bytes (at least so many). */
export type TooLarge = (bodyBytes: number) => Error;

/**
 * The body of a frame: a value, encoded, as text with a latin1 character for each byte (see `OutboundFrame`).
 *
 * Throws an `UnencodableError` for what would not arrive as it is: faithful-copy.ts has the rules. Its path
 * starts with `name`; where there are several, the value is an array, and its items have those names.
 * Throws `tooLarge` for what takes more than `maxBodyBytes`.
 */
export function encodeBody(
  value: unknown,
  name: string | readonly string[],
  maxBodyBytes: number,
  tooLarge: TooLarge,
): string {
  let copy: unknown;
  try {
    copy = faithfulCopy(value);
  } catch (error) {
    if (error instanceof OverBudget) throw tooLarge(MOST_COUNTED);
    const fault = error instanceof Unfaithful ? error : Unfaithful.ofForeign(error);
    throw fault.toUnencodableError(name);
  }
  const { encoder, buffer } = (kept ??= newEncoder());
  const bytes = encoder.encodeSharedRef(copy).length;
  if (bytes > MAX_DATAGRAM_BYTES) kept = undefined;
  if (bytes > maxBodyBytes) throw tooLarge(Math.min(bytes, MOST_COUNTED));
  return buffer.toString('latin1', 0, bytes);
}

const MOST_COUNTED = MAX_DATAGRAM_BYTES + 1;

/** The encoder of @msgpack/msgpack, and the buffer that it writes to. */
interface BodyEncoder {
  readonly encoder: Encoder;
  readonly buffer: Buffer;
}

/** Used time after time, until it has grown: it would keep what it has. */
let kept: BodyEncoder | undefined;

function newEncoder(): BodyEncoder {
  const encoder = new Encoder({
    useBigInt64: true,
    extensionCodec: EXTENSION_CODEC,
    // It asks for a string's longest head, five bytes; so what fits in a datagram never makes it grow.
    initialBufferSize: MAX_DATAGRAM_BYTES + 5,
  });
  return { encoder, buffer: Buffer.from(encoder.encodeSharedRef(null).buffer) };
}

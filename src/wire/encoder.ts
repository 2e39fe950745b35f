/** Encoder: encodes a value as the body of a frame. */
import { Buffer } from 'node:buffer';
import { Encoder } from '@msgpack/msgpack';
import { EXTENSION_CODEC } from './extension-codec.js';
import { faithfulCopy } from './faithful-copy.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { OverBudget, Unfaithful } from './unfaithful.js';

/** Makes the error for a body that takes too many bytes. `bodyBytes` is a lower bound. */
export type TooLarge = (bodyBytes: number) => Error;

/** What a body is made of. */
export interface BodyShape {
  /** The name of the value, with which the path in an error starts; or the names of its parts. */
  readonly name: string | readonly string[];
  /** How many of the outermost arrays are lists of this package: only their items count. */
  readonly ownLists: number;
}

/**
 * Encodes a value as the body of a frame: a string with one latin1 character for each byte (see
 * `OutboundFrame`).
 *
 * Throws an `UnencodableError` for a value that would not arrive unchanged; faithful-copy.ts has
 * the rules. Throws the error of `tooLarge` for a body of more than `maxBodyBytes`.
 */
export function encodeBody(
  value: unknown,
  { name, ownLists }: BodyShape,
  maxBodyBytes: number,
  tooLarge: TooLarge,
): string {
  let copy: unknown;
  try {
    copy = faithfulCopy(value, ownLists);
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

interface BodyEncoder {
  readonly encoder: Encoder;
  readonly buffer: Buffer;
}

/** The encoder is reused until its buffer has grown, because it would keep the larger buffer. */
let kept: BodyEncoder | undefined;

function newEncoder(): BodyEncoder {
  const encoder = new Encoder({
    useBigInt64: true,
    extensionCodec: EXTENSION_CODEC,
    // For a string the encoder reserves the longest head, five bytes. With these, a value that fits
    // in a datagram never makes the buffer grow.
    initialBufferSize: MAX_DATAGRAM_BYTES + 5,
  });
  return { encoder, buffer: Buffer.from(encoder.encodeSharedRef(null).buffer) };
}

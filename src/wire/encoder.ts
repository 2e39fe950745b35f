import { Buffer } from 'node:buffer';
import { Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { UnencodableError } from '../errors.js';
import { EncodingBudget, OverBudget } from './encoding-budget.js';
import { toFaithful } from './faithful.js';
import { MAX_DATAGRAM_BYTES } from './frame.js';
import { timestampExtension } from './timestamp.js';
import { Unfaithful } from './unfaithful.js';

/** What the value in a body is called in messages. */
const ROOT = { request: 'args', response: 'result', error: 'data' } as const;

/** Makes the error for a body that takes too many bytes (at least so many). */
export type TooLarge = (bodyBytes: number) => Error;

const extensionCodec = new ExtensionCodec();
extensionCodec.register(timestampExtension);
const encoder = new Encoder({ useBigInt64: true, ignoreUndefined: true, extensionCodec });

/**
 * The value as it can be encoded without loss: itself, or a copy where something had to be converted
 * (faithful.ts has the rules). `depth` counts the arrays that will stand around it.
 *
 * Throws an `UnencodableError` whose path starts with `root`, and `tooLarge` for a value that fits in
 * no datagram.
 */
export function prepareValue(
  value: unknown,
  root: string,
  depth: number,
  tooLarge: TooLarge,
): unknown {
  try {
    return toFaithful(value, depth, new EncodingBudget());
  } catch (error) {
    if (error instanceof OverBudget) throw tooLarge(MAX_DATAGRAM_BYTES + 1);
    throw Unfaithful.toUnencodableError(error, root);
  }
}

/**
 * The body of a frame: a prepared value, encoded, as text with a latin1 character for each byte (see
 * `OutboundFrame`). Throws `tooLarge` when it takes more than `maxBodyBytes`.
 */
export function encodeBody(
  type: keyof typeof ROOT,
  value: unknown,
  maxBodyBytes: number,
  tooLarge: TooLarge,
): string {
  const body = encodeShared(type, value);
  if (body.length > maxBodyBytes) throw tooLarge(body.length);
  // The encoder's memory is the same, until a larger value needs more of it.
  if (shared.buffer !== body.buffer) shared = Buffer.from(body.buffer);
  return shared.toString('latin1', body.byteOffset, body.byteOffset + body.length);
}

let shared: Buffer = Buffer.alloc(0);

/** The body in memory that the next encoding uses again. */
function encodeShared(type: keyof typeof ROOT, value: unknown): Uint8Array {
  try {
    return encoder.encodeSharedRef(value);
  } catch (cause) {
    // The value was found sound: only a getter or a Proxy that answers otherwise now ends here.
    throw new UnencodableError(ROOT[type], 'it changed while it was encoded', { cause });
  }
}

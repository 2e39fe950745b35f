import { Buffer } from 'node:buffer';
import { Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { UnencodableError } from '../errors.js';
import { EncodingBudget, OverBudget } from './encoding-budget.js';
import { toFaithful } from './faithful.js';
import {
  type FrameType,
  HEADER_BYTES,
  ID_BYTES,
  MAX_DATAGRAM_BYTES,
  type TransactionId,
  TYPE_BYTE,
} from './frame.js';
import { timestampExtension } from './timestamp.js';
import { Unfaithful } from './unfaithful.js';

/** What the value in a body is called in messages. */
const ROOT: Readonly<Record<FrameType, string>> = {
  request: 'args',
  response: 'result',
  error: 'error',
};

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
 * Encodes a prepared value behind a header, in a Buffer of its own that may be sent again and again.
 * Throws `tooLarge` when the body takes more than `maxBodyBytes`.
 */
export function encodeDatagram(
  type: FrameType,
  id: TransactionId,
  value: unknown,
  maxBodyBytes: number,
  tooLarge: TooLarge,
): Buffer {
  // Less would leave bytes of unrelated memory in the datagram.
  if (id.length !== ID_BYTES) {
    throw new RangeError(`a transaction id has ${ID_BYTES} bytes, this one ${id.length}`);
  }
  const body = encodeBody(type, value);
  if (body.length > maxBodyBytes) throw tooLarge(body.length);
  const datagram = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  datagram[0] = TYPE_BYTE[type];
  datagram.write(id, 1, ID_BYTES, 'latin1');
  datagram.set(body, HEADER_BYTES);
  return datagram;
}

/** The body in memory that the next encoding uses again. */
function encodeBody(type: FrameType, value: unknown): Uint8Array {
  try {
    return encoder.encodeSharedRef(value);
  } catch (cause) {
    // The value was found sound: only a getter or a Proxy that answers otherwise now ends here.
    throw new UnencodableError(ROOT[type], 'it changed while it was encoded', { cause });
  }
}

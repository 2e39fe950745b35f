import { Buffer } from 'node:buffer';
import { Encoder, ExtensionCodec } from '@msgpack/msgpack';
import { UnencodableError } from '../errors.js';
import { EncodingBudget, OverBudget } from './encoding-budget.js';
import { toFaithful } from './faithful.js';
import {
  HEADER_BYTES,
  ID_BYTES,
  MAX_DATAGRAM_BYTES,
  type TransactionId,
  TYPE_BYTE,
} from './frame.js';
import { timestampExtension } from './timestamp.js';
import { Unfaithful } from './unfaithful.js';

/** What the value in a body is called in messages. */
const ROOT = { request: 'args', response: 'result', error: 'data' } as const;

const NO_HEADER_MAP = new Uint8Array();

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
 * Encodes a prepared value behind type and id, in a Buffer of its own that may be sent again and again,
 * and the header map after it. Throws `tooLarge` when the body takes more than `maxBodyBytes`.
 */
export function encodeDatagram(
  type: keyof typeof ROOT,
  id: TransactionId,
  value: unknown,
  maxBodyBytes: number,
  tooLarge: TooLarge,
  headerMap: Uint8Array = NO_HEADER_MAP,
): Buffer {
  // Less would leave bytes of unrelated memory in the datagram.
  if (id.length !== ID_BYTES) {
    throw new RangeError(`a transaction id has ${ID_BYTES} bytes, this one ${id.length}`);
  }
  const body = encodeBody(type, value);
  if (body.length > maxBodyBytes) throw tooLarge(body.length);
  const datagram = Buffer.allocUnsafe(HEADER_BYTES + body.length + headerMap.length);
  datagram[0] = TYPE_BYTE[type];
  datagram.write(id, 1, ID_BYTES, 'latin1');
  datagram.set(body, HEADER_BYTES);
  datagram.set(headerMap, HEADER_BYTES + body.length);
  return datagram;
}

/** The body in memory that the next encoding uses again. */
function encodeBody(type: keyof typeof ROOT, value: unknown): Uint8Array {
  try {
    return encoder.encodeSharedRef(value);
  } catch (cause) {
    // The value was found sound: only a getter or a Proxy that answers otherwise now ends here.
    throw new UnencodableError(ROOT[type], 'it changed while it was encoded', { cause });
  }
}

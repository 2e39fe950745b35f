/** Request: encodes and decodes the frame that asks a peer to run a procedure. */
import { Buffer } from 'node:buffer';
import { RequestTooLargeError, UnencodableError } from '../errors.js';
import { decodeValue } from './decoder.js';
import { DROP, type Drop, isDrop } from './drop.js';
import { type BodyShape, encodeBody } from './encoder.js';
import { HEADER_BYTES, MAX_REQUEST_BODY_BYTES } from './frame.js';
import { type TransactionId } from './transaction-id.js';
import { ONE_WAY_HEADER_MAP, requestHeaderMap } from './header-map.js';
import { OutboundFrame, RequestFrame } from './outbound-frame.js';
import { skim } from './skim.js';
import { isUtf8Range } from './utf8.js';

/** The body of a request: msgpack `[procedure, [args...]]`. */
export interface RequestBody {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** Offset just after the body. */
  readonly end: number;
}

/** Of `args` only the items count, as in a call `procedure(...args)`. */
const SHAPE: BodyShape = { name: ['procedure', 'args'], ownLists: 2 };

/**
 * Makes the frame of a request. It has exactly the bytes that Python's rpcudp 5.x sends for the
 * same values, followed by the header map, which must be stamped before the frame is sent. A request
 * with headers has a header map of its own.
 *
 * Throws an `UnencodableError` for a value that would not arrive unchanged, and a
 * `RequestTooLargeError` when `[procedure, args]` takes more than `maxBodyBytes`, which is at most
 * 8192.
 */
export function encodeRequest(
  id: TransactionId,
  procedure: string,
  args: readonly unknown[],
  traceparent?: string,
  maxBodyBytes = MAX_REQUEST_BODY_BYTES,
  headerMap = requestHeaderMap(traceparent),
): RequestFrame {
  const body = encodeRequestBody(procedure, args, maxBodyBytes);
  return new RequestFrame(id, body, headerMap);
}

/** The frame of a notification with this body: a request that says that nobody answers it. */
export function notificationFrame(id: TransactionId, body: string): OutboundFrame {
  return new OutboundFrame('request', id, body, ONE_WAY_HEADER_MAP);
}

/** The body of a request alone, one character for each byte. Throws as `encodeRequest` does. */
export function encodeRequestBody(
  procedure: string,
  args: readonly unknown[],
  maxBodyBytes = MAX_REQUEST_BODY_BYTES,
): string {
  if (typeof procedure !== 'string' || procedure === '') {
    throw new UnencodableError('procedure', 'must be a non-empty string');
  }
  if (!Array.isArray(args)) {
    throw new UnencodableError('args', `must be an array of arguments, not ${typeof args}`);
  }
  const tooLarge = (bytes: number) => new RequestTooLargeError(procedure, bytes, maxBodyBytes);
  return encodeBody([procedure, withoutTrailing(args)], SHAPE, maxBodyBytes, tooLarge);
}

/**
 * Arguments without those at the end that are undefined: the defaults of the procedure apply to
 * them, as they do in a call within one program.
 */
export function withoutTrailing(args: readonly unknown[]): readonly unknown[] {
  if (!Array.isArray(args) || args[args.length - 1] !== undefined) return args;
  const last = args.findLastIndex((arg: unknown) => arg !== undefined);
  return args.slice(0, last + 1);
}

/**
 * Decodes the body of a request that `readFrame` gave. Drops a body that is not exactly a name and an
 * array (`shape`), a name in binary that is not UTF-8 (`utf8`), a body of more than 8192 bytes
 * (`tooLong`), and what decoder.ts drops.
 */
export function decodeRequest(datagram: Buffer): RequestBody | Drop {
  const decoded = decodeValue(datagram, HEADER_BYTES);
  if (isDrop(decoded)) return decoded;
  const { value: body, end } = decoded;
  if (end > HEADER_BYTES + MAX_REQUEST_BODY_BYTES) return DROP.tooLong;
  if (!Array.isArray(body) || body.length !== 2) return DROP.shape;
  const [name, args] = body as readonly unknown[];
  if (!Array.isArray(args)) return DROP.shape;
  // rpcudp 0.x and 1.0 on Python 2 write every `str` as binary.
  const procedure = name instanceof Uint8Array ? textOf(name) : name;
  if (procedure === undefined) return DROP.utf8;
  return typeof procedure === 'string' ? { procedure, args, end } : DROP.shape;
}

/** The text that UTF-8 bytes hold; undefined if they are not UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  return isUtf8Range(bytes, 0, bytes.length)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
    : undefined;
}

/**
 * A digest (FNV-1a) of a request's body, which ends at `end`. It distinguishes requests with the
 * same id. It has 30 bits, because V8 stores such integers in place, and it is kept as long as the
 * request.
 */
export function digestOf(datagram: Buffer, end: number): number {
  let digest = 0x811c9dc5;
  for (let offset = HEADER_BYTES; offset < end; offset++) {
    digest = Math.imul(digest ^ (datagram[offset] as number), 0x01000193);
  }
  return digest & 0x3fffffff;
}

/** The digest of a request that need not be decoded, and its end. Drops what `skim` drops. */
export function skimRequest(datagram: Buffer): { digest: number; end: number } | Drop {
  const skimmed = skim(datagram, HEADER_BYTES);
  if (isDrop(skimmed)) return skimmed;
  const { end } = skimmed;
  return { digest: digestOf(datagram, end), end };
}

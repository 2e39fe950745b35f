/** Datagrams as an observer on the wire reads them. Does not use src/wire, which is under test. */
import { decodeMulti, encode } from '@msgpack/msgpack';
import type { FrameType } from '../../src/wire/frame-type.js';

const ID_BYTES = 20;
const BODY_AT = 1 + ID_BYTES;

export const TYPE = Object.freeze({
  request: 0,
  response: 1,
  error: 2,
  cancel: 3,
  bundle: 4,
  working: 5,
  challenge: 6,
  probe: 10,
  present: 11,
} satisfies Partial<Record<FrameType, number>>);

/** The types of frames that only a peer can send that received a request with the same id. */
export const ANSWERS: readonly (number | undefined)[] = [
  ...[TYPE.response, TYPE.error, TYPE.working, TYPE.challenge, TYPE.present],
];

/** The id in hexadecimal. If the datagram is too short, the part that it has. */
export function idOf(datagram: Buffer): string {
  return datagram.toString('hex', 1, BODY_AT);
}

/** A bundle with more frames is invalid. */
const MAX_FRAMES = 256;

/** The library allocates as much as a length field says. No datagram holds more than this. */
const LENGTHS = { maxArrayLength: 65_535, maxMapLength: 65_535 };

/**
 * The MessagePack values after the id: the body, then perhaps the header map. Throws if they are
 * unreadable.
 */
export function valuesOf(datagram: Buffer): unknown[] {
  return [...decodeMulti(datagram.subarray(BODY_AT), LENGTHS)];
}

/**
 * The frames of a datagram: those in a bundle, or else the datagram itself. An invalid bundle has
 * none.
 */
export function framesOf(datagram: Buffer): readonly Buffer[] {
  if (datagram[0] !== TYPE.bundle) return [datagram];
  try {
    const body: unknown = decodeMulti(datagram.subarray(BODY_AT), LENGTHS).next().value;
    if (!Array.isArray(body) || body.length > MAX_FRAMES) return [];
    const frames = body.filter((item) => item instanceof Uint8Array);
    return frames.length === body.length ? frames.map((frame) => Buffer.from(frame)) : [];
  } catch {
    return [];
  }
}

/** A bundle of these bytes. */
export function bundleOf(frames: readonly Buffer[]): Buffer {
  return datagramOf(TYPE.bundle, '00'.repeat(ID_BYTES), frames);
}

/** A datagram of these values. */
export function datagramOf(type: number, id: string, ...values: unknown[]): Buffer {
  const bodies = values.map((value) => encode(value));
  return Buffer.concat([Buffer.of(type), Buffer.from(id, 'hex'), ...bodies]);
}

/** A header map. `encode` would write its keys as text, and then it is no header map. */
export function headerMapOf(entries: Readonly<Record<number, number>>): Buffer {
  const pairs = Object.entries(entries);
  const bytes = pairs.flatMap(([key, value]) => [Buffer.of(Number(key)), encode(value)]);
  return Buffer.concat([Buffer.of(0x80 | pairs.length), ...bytes]);
}

/** The header map of a datagram, if it has one. Bytes after it do not matter. */
export function headerOf(datagram: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const values = decodeMulti(datagram.subarray(BODY_AT), LENGTHS);
    values.next();
    const header = values.next().value;
    return typeof header === 'object' && header !== null && !Array.isArray(header)
      ? (header as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Type, id and size in a few characters, and a checksum of all bytes. */
export function brief(datagram: Buffer): string {
  let print = 0x811c9dc5;
  for (const byte of datagram) print = Math.imul(print ^ byte, 0x01000193);
  const name = NAMES.get(datagram[0] ?? 255) ?? `type${datagram[0] ?? ''}`;
  const id = datagram.toString('hex', 1, 4);
  return `${name} ${id} ${datagram.length}B ${(print >>> 0).toString(16)}`;
}

const NAMES = new Map(Object.entries(TYPE).map(([name, byte]) => [byte, name]));

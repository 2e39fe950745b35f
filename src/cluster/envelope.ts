/**
 * Envelopes: an envelope carries datagrams from one worker to another, each with its source
 * address. Its key is the key of the receiving door, which only the workers of this cluster know.
 *
 *     envelope = key(16) letter…
 *     letter   = port(2) hostLength(1) datagramLength(2) host datagram
 */
import { timingSafeEqual } from 'node:crypto';

export const DOOR_KEY_BYTES = 16;
const HOST_LENGTH_OFFSET = 2;
const DATAGRAM_LENGTH_OFFSET = 3;
const LETTER_HEADER_BYTES = 5;

/** The largest UDP payload over IPv4, which doors use: 65,535 bytes minus 28 bytes of headers. */
const MAX_ENVELOPE_BYTES = 65_507;

/** The most bytes of the letters of an envelope together. */
export const MAX_LETTER_BYTES = MAX_ENVELOPE_BYTES - DOOR_KEY_BYTES;

export interface Letter {
  readonly datagram: Buffer;
  readonly host: string;
  readonly port: number;
}

export function letterBytes({ datagram, host }: Letter): number {
  return LETTER_HEADER_BYTES + host.length + datagram.length;
}

/** Makes an envelope with these letters, which must take at most `MAX_LETTER_BYTES`. */
export function sealEnvelope(key: Uint8Array, letters: readonly Letter[]): Buffer {
  const bytes = letters.reduce((sum, letter) => sum + letterBytes(letter), DOOR_KEY_BYTES);
  const envelope = Buffer.allocUnsafe(bytes);
  envelope.set(key);
  let offset = DOOR_KEY_BYTES;
  for (const { datagram, host, port } of letters) {
    envelope.writeUInt16BE(port, offset);
    envelope.writeUInt8(host.length, offset + HOST_LENGTH_OFFSET);
    envelope.writeUInt16BE(datagram.length, offset + DATAGRAM_LENGTH_OFFSET);
    offset += LETTER_HEADER_BYTES;
    offset += envelope.write(host, offset, 'latin1');
    envelope.set(datagram, offset);
    offset += datagram.length;
  }
  return envelope;
}

/**
 * The letters in an envelope; undefined if it has the wrong key or is not an envelope. The key is
 * compared in constant time, because every process of this machine can send to a door.
 */
export function openEnvelope(envelope: Buffer, key: Uint8Array): Letter[] | undefined {
  if (envelope.length <= DOOR_KEY_BYTES) return undefined;
  if (!timingSafeEqual(envelope.subarray(0, DOOR_KEY_BYTES), key)) return undefined;
  const letters: Letter[] = [];
  let offset = DOOR_KEY_BYTES;
  while (offset < envelope.length) {
    if (envelope.length - offset < LETTER_HEADER_BYTES) return undefined;
    const port = envelope.readUInt16BE(offset);
    const hostOffset = offset + LETTER_HEADER_BYTES;
    const datagramOffset = hostOffset + envelope.readUInt8(offset + HOST_LENGTH_OFFSET);
    const end = datagramOffset + envelope.readUInt16BE(offset + DATAGRAM_LENGTH_OFFSET);
    if (end > envelope.length) return undefined;
    const host = envelope.toString('latin1', hostOffset, datagramOffset);
    letters.push({ datagram: envelope.subarray(datagramOffset, end), host, port });
    offset = end;
  }
  return letters;
}

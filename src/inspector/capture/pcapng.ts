/**
 * Blocks of a pcapng file. The section numbers in this file are those of the Internet-Draft
 * draft-ietf-opsawg-pcapng.
 *
 * Numbers are big-endian: the writer of a section chooses the order (section 3.6.1).
 */

/** Section 3.1. A block is its type, its total length, its body, and the total length again. */
const BLOCK_TYPE = { sectionHeader: 0x0a0d0d0a, interface: 1, enhancedPacket: 6 } as const;
/** Section 4.1. */
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** "Raw IP; the packet begins with an IPv4 or IPv6 header": www.tcpdump.org/linktypes.html. */
const LINKTYPE_RAW = 101;

/** Section 3.5 has the options of all blocks; sections 4.1, 4.2 and 4.3 have the others. */
const OPTION = {
  end: 0,
  comment: 1,
  userApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  timestampResolution: 9,
  packetFlags: 2,
} as const;

/** The length field of an option has 16 bits. */
const MAX_TEXT_BYTES = 0xffff;
/** Section 4.2, `if_tsresol`: units of 10 to the power of −6 seconds. */
const MICROSECONDS = 6;
/** Section 4.3.1, bits 0 and 1. */
const DIRECTION_FLAG = { in: 1, out: 2 } as const;

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** An interface of the capture. Packets refer to it by its index, from 0. */
export interface CaptureInterface {
  readonly name: string;
  readonly description: string;
}

/** A packet as an endpoint sent or received it. */
export interface CapturedPacket {
  readonly interfaceIndex: number;
  readonly direction: 'in' | 'out';
  /** Unix time in milliseconds; written with a resolution of a microsecond. */
  readonly atMs: number;
  /** The bytes of the packet, from the IP header on. */
  readonly bytes: Uint8Array;
  readonly comment: string;
}

/** The Section Header Block (section 4.1), with which a file begins. It names the application. */
export function sectionHeaderBlock(application: string, comment: string): Buffer {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32BE(BYTE_ORDER_MAGIC, 0);
  // Version 1.0, and a section length of −1: not specified.
  fixed.writeUInt16BE(1, 4);
  fixed.fill(0xff, 8);
  return block(BLOCK_TYPE.sectionHeader, fixed, [
    { code: OPTION.comment, value: textBytes(comment) },
    { code: OPTION.userApplication, value: textBytes(application) },
  ]);
}

/** An Interface Description Block (section 4.2) for IP packets of any length. */
export function interfaceBlock({ name, description }: CaptureInterface): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16BE(LINKTYPE_RAW, 0);
  return block(BLOCK_TYPE.interface, fixed, [
    { code: OPTION.interfaceName, value: textBytes(name) },
    { code: OPTION.interfaceDescription, value: textBytes(description) },
    { code: OPTION.timestampResolution, value: Buffer.of(MICROSECONDS) },
  ]);
}

/** An Enhanced Packet Block (section 4.3). */
export function packetBlock(packet: CapturedPacket): Buffer {
  const { interfaceIndex, direction, atMs, bytes, comment } = packet;
  const atUs = Math.max(0, Math.round(atMs * 1_000));
  const fixed = Buffer.alloc(20 + padded(bytes.length));
  fixed.writeUInt32BE(interfaceIndex, 0);
  fixed.writeUInt32BE(Math.floor(atUs / 2 ** 32), 4);
  fixed.writeUInt32BE(atUs % 2 ** 32, 8);
  fixed.writeUInt32BE(bytes.length, 12);
  fixed.writeUInt32BE(bytes.length, 16);
  fixed.set(bytes, 20);
  return block(BLOCK_TYPE.enhancedPacket, fixed, [
    { code: OPTION.comment, value: textBytes(comment) },
    { code: OPTION.packetFlags, value: Buffer.of(0, 0, 0, DIRECTION_FLAG[direction]) },
  ]);
}

function block(type: number, fixed: Uint8Array, options: readonly Option[]): Buffer {
  const optionBytes = options.reduce((sum, { value }) => sum + 4 + padded(value.length), 4);
  const totalBytes = 12 + fixed.length + optionBytes;
  // The zeros also pad values to 32 bits (section 3.6.2), and are the option that ends the list.
  const bytes = Buffer.alloc(totalBytes);
  bytes.writeUInt32BE(type, 0);
  bytes.writeUInt32BE(totalBytes, 4);
  bytes.set(fixed, 8);
  let offset = 8 + fixed.length;
  for (const { code, value } of options) {
    bytes.writeUInt16BE(code, offset);
    bytes.writeUInt16BE(value.length, offset + 2);
    bytes.set(value, offset + 4);
    offset += 4 + padded(value.length);
  }
  bytes.writeUInt32BE(totalBytes, totalBytes - 4);
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function textBytes(text: string): Uint8Array {
  return Buffer.from(text).subarray(0, MAX_TEXT_BYTES);
}

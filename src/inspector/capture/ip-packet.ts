/** Builds IP packets around UDP payloads: a capture holds packets, a recording only payloads. */
import { isIPv4 } from 'node:net';
import type { SocketAddress } from '../../address/address.js';
import { ipv6Words } from '../../address/ip.js';

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const UDP_HEADER_BYTES = 8;
const UDP_PROTOCOL = 17;
const HOP_LIMIT = 64;
const DO_NOT_FRAGMENT = 0x4000;

/**
 * The largest payload of UDP over IPv4: 65,535 bytes without both headers. IPv6 could carry 20
 * more.
 */
export const MAX_PAYLOAD_BYTES = 0xffff - IPV4_HEADER_BYTES - UDP_HEADER_BYTES;

/**
 * The packet of one datagram, not fragmented: IPv4 (RFC 791 section 3.1) or IPv6 (RFC 8200 section
 * 3), depending on the addresses, and UDP (RFC 768), with correct lengths and checksums. Fields
 * that nobody recorded get usual values: a hop limit of 64, identification 0, no traffic class.
 *
 * Both hosts must be IP addresses of the same family in canonical form. A `%scope` is left out,
 * because it has no meaning on another machine.
 *
 * @throws RangeError when the payload has more than 65,507 bytes, or one host is IPv4 and the other
 * IPv6.
 */
export function udpPacket(from: SocketAddress, to: SocketAddress, payload: Uint8Array): Buffer {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new RangeError(
      `The datagram has ${payload.length} bytes; the most over IPv4 is ${MAX_PAYLOAD_BYTES}`,
    );
  }
  const isV4 = isIPv4(from.host);
  if (isV4 !== isIPv4(to.host)) {
    throw new RangeError(
      `No packet can go from ${from.host} to ${to.host}: one is IPv4, the other IPv6`,
    );
  }
  const headerBytes = isV4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
  const udpBytes = UDP_HEADER_BYTES + payload.length;
  const packet = Buffer.alloc(headerBytes + udpBytes);
  if (isV4) writeIpv4Header(packet, from.host, to.host);
  else writeIpv6Header(packet, from.host, to.host, udpBytes);

  packet.writeUInt16BE(from.port, headerBytes);
  packet.writeUInt16BE(to.port, headerBytes + 2);
  packet.writeUInt16BE(udpBytes, headerBytes + 4);
  packet.set(payload, headerBytes + UDP_HEADER_BYTES);
  // The addresses of the pseudo-header (RFC 768; RFC 8200 section 8.1) are the last bytes of either
  // IP header.
  const pseudoHeader = packet.subarray(isV4 ? 12 : 8, headerBytes);
  const sum = sumOf(pseudoHeader, UDP_PROTOCOL + udpBytes);
  const checksum = checksumOf(packet.subarray(headerBytes), sum);
  // A checksum of zero means that there is none, so a computed zero is sent as 0xffff, its equal in
  // one's complement.
  packet.writeUInt16BE(checksum === 0 ? 0xffff : checksum, headerBytes + 6);
  return packet;
}

function writeIpv4Header(packet: Buffer, from: string, to: string): void {
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(DO_NOT_FRAGMENT, 6);
  packet[8] = HOP_LIMIT;
  packet[9] = UDP_PROTOCOL;
  packet.set(ipv4Bytes(from), 12);
  packet.set(ipv4Bytes(to), 16);
  packet.writeUInt16BE(checksumOf(packet.subarray(0, IPV4_HEADER_BYTES)), 10);
}

function writeIpv6Header(packet: Buffer, from: string, to: string, udpBytes: number): void {
  packet[0] = 0x60;
  packet.writeUInt16BE(udpBytes, 4);
  packet[6] = UDP_PROTOCOL;
  packet[7] = HOP_LIMIT;
  packet.set(ipv6Bytes(from), 8);
  packet.set(ipv6Bytes(to), 24);
}

function ipv4Bytes(host: string): number[] {
  return host.split('.').map(Number);
}

function ipv6Bytes(host: string): number[] {
  return ipv6Words(host).flatMap((word) => [word >> 8, word & 0xff]);
}

/** The Internet checksum (RFC 1071) of these bytes, added to a start value. */
function checksumOf(bytes: Uint8Array, sum = 0): number {
  return ~sumOf(bytes, sum) & 0xffff;
}

/** The sum of all 16-bit words. A packet is short enough that this sum fits in 32 bits. */
function sumOf(bytes: Uint8Array, start: number): number {
  let sum = start;
  for (let index = 0; index < bytes.length; index += 2) {
    sum += ((bytes[index] as number) << 8) | (bytes[index + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

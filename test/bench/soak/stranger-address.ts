/** Stranger address: the forged sources of the soak. */
import type { SocketAddress } from 'rpcudp';

/** One stranger in this many is a neighbour of the others. */
const NEIGHBOURS = 8;
const FIRST_PORT = 1_024;
const NEIGHBOUR_PORTS = 64_000;

/**
 * The address of the stranger with this number. The first hundred million numbers have different
 * addresses. Most are scattered over the hosts from 20.0.0.0 to 83.255.255.255. Every eighth is in
 * one network of 256 hosts, whose owner need not forge anything to have many ports.
 */
export function strangerAddress(number: number): SocketAddress {
  if (number % NEIGHBOURS === 0) return neighbourAddress(number / NEIGHBOURS);
  // The factor is odd, so that different numbers stay different.
  const scattered = Math.imul(number, 0x9e3779b1);
  const octets = [20 + ((scattered >>> 24) & 63), (scattered >>> 16) & 255];
  const host = [...octets, (scattered >>> 8) & 255, scattered & 255].join('.');
  return { host, port: FIRST_PORT + (scattered >>> 30) };
}

function neighbourAddress(number: number): SocketAddress {
  const port = FIRST_PORT + ((number >>> 8) % NEIGHBOUR_PORTS);
  return { host: `91.0.0.${number & 255}`, port };
}

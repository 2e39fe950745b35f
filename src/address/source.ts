/**
 * Source: which source addresses of datagrams can be answered. This is asked for each request. The
 * `BlockList` of Node.js takes 12 to 32 times as long (measured: 0.4 to 4 µs instead of 30 to
 * 120 ns).
 */

const ANSWER_TO_NOBODY = new Set(['0.0.0.0', '255.255.255.255', '127.255.255.255', '::']);

/** ff00::/8 (RFC 4291, section 2.7), in canonical form. */
const IPV6_MULTICAST = /^ff[0-9a-f]{2}:/;

/**
 * Whether this canonical address can be the real source of a datagram, so that an answer can be
 * sent to it. An answer to a multicast or broadcast address would go to many machines that did not
 * ask for it. An answer to the unspecified address would come back to this machine. Datagrams from
 * these addresses must be discarded (RFC 1122, section 4.1.3.6), but Linux does not do so. The
 * broadcast address of a single network cannot be recognised; there the kernel refuses the answer.
 */
export function isAnswerable(host: string, port: number): boolean {
  if (port === 0 || ANSWER_TO_NOBODY.has(host)) return false;
  if (host.includes(':')) return !IPV6_MULTICAST.test(host);
  // 224.0.0.0/4 (RFC 5771).
  const firstOctet = parseInt(host, 10);
  return firstOctet < 224 || firstOctet >= 240;
}

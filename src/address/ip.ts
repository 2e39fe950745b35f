/** IP: parses and formats IP addresses. */
import { isIPv6 } from 'node:net';

/** The part after % names a network interface of this machine (RFC 4007, section 11). */
const ZONE = /^%[A-Za-z0-9._~@-]{1,64}$/;

/** An address in `::ffff:0:0/96` (RFC 4291, section 2.5.5.2), in canonical form. */
const MAPPED_IPV4 = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * The canonical form of an IPv6 address; undefined if the text is not one. An IPv4-mapped address
 * becomes IPv4. A `%zone` is not changed.
 */
export function canonicalIpv6(text: string): string | undefined {
  const { address, zone } = splitZone(text);
  if (!isIPv6(address) || (zone !== '' && !ZONE.test(zone))) return undefined;
  // URLs write IPv6 in the canonical form (RFC 5952). `net.SocketAddress` writes some addresses
  // with an IPv4 part.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED_IPV4.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical + zone;
  // IPv4 has no zones, so a mapped address with a zone has no canonical form.
  return zone === '' ? dotted(high, low) : undefined;
}

/**
 * Whether this canonical address is one of this machine's own. It cannot be forged: networks do not
 * deliver datagrams that have one as their source (RFC 1122, section 3.2.1.3).
 */
export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1';
}

/**
 * The /24 network of a canonical IPv4 address, or the /56 network of a canonical IPv6 address:
 * usually one site.
 */
export function networkOf(host: string): string {
  if (!host.includes(':')) return host.slice(0, host.lastIndexOf('.'));
  const [first, second, third, fourth = 0] = ipv6Words(host);
  return [first, second, third, fourth & 0xff00].join(':');
}

/** The eight 16-bit words of a canonical IPv6 address (RFC 4291, section 2.2). */
export function ipv6Words(host: string): number[] {
  const [head = [], tail = []] = splitZone(host)
    .address.split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((word) => parseInt(word, 16));
}

/** The zone is empty, or begins with %. */
export function splitZone(text: string): { readonly address: string; readonly zone: string } {
  const percent = text.indexOf('%');
  return percent < 0
    ? { address: text, zone: '' }
    : { address: text.slice(0, percent), zone: text.slice(percent) };
}

function dotted(high: string, low: string): string {
  return [high, low]
    .map((word) => parseInt(word, 16))
    .flatMap((word) => [word >> 8, word & 0xff])
    .join('.');
}

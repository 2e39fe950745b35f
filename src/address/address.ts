/** Address: parses and formats the addresses of UDP peers. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { isIPv4 } from 'node:net';
import { canonicalIpv6 } from './ip.js';

/** The address of a UDP socket. `host` is an IP address in canonical form, or a host name. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** The result of `parseAddress`: an address in canonical form, and the kind of its host. */
export interface ParsedAddress extends SocketAddress {
  readonly kind: 'ipv4' | 'ipv6' | 'name';
}

/**
 * The input is not an address, or the address cannot be used. The message says why, and what to
 * write instead.
 */
export class AddressError extends TypeError {
  static {
    shareAmongCopies('AddressError', this);
  }

  override readonly name = 'AddressError';
  readonly code = 'ERR_RPCUDP_ADDRESS';
}

interface ParsedHost {
  readonly kind: ParsedAddress['kind'];
  readonly host: string;
}

/** DNS: a name has at most 253 characters, and a label has 1 to 63 (RFC 1035, section 2.3.4). */
const MAX_NAME_LENGTH = 253;
const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const NAME = new RegExp(`^(?:${LABEL}\\.)*${LABEL}\\.?$`, 'i');

/** A name whose end a resolver could read as a number is never accepted as a host name. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$/i;

const PORT = /^[1-9][0-9]{0,4}$/;
const MAX_PORT = 65_535;

/**
 * Parses `'host:port'`, `'[ipv6]:port'` or `{ host, port }`. Gives the canonical form: IPv6 as in
 * RFC 5952, IPv4-mapped IPv6 as IPv4, and names in lower case. A `%zone` is not changed.
 *
 * @throws {AddressError} when it is not an address. Ports are from 1 to 65535, and an IPv4 address
 * has four decimals.
 */
export function parseAddress(input: string | SocketAddress): ParsedAddress {
  if (typeof input === 'string') return parseAddressText(input);
  const { host, port } = requireHostAndPort(input);
  requirePort(port, 1, `Port ${quote(port)} of host ${quote(host)}`);
  return { ...parseHost(host), port };
}

/**
 * Checks a local address to bind to and gives its canonical form. Its host must be an IP address.
 * Its port may be 0, which means any free port.
 *
 * @throws {AddressError} when the host is not an IP address, or the port is not from 0 to 65535.
 */
export function parseBindAddress(address: SocketAddress): SocketAddress {
  const { kind, host } = parseHost(address.host);
  if (kind === 'name') {
    throw new AddressError(`Cannot bind to the name ${quote(host)}; write an IP address`);
  }
  requirePort(address.port, 0, `Local port ${quote(address.port)}`);
  return { host, port: address.port };
}

/** The canonical text of an address, `host:port` or `[ipv6]:port`. It is the key of a peer. */
export function formatAddress({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host of a canonical address, as `formatAddress` writes it. */
export function hostOf(address: string): string {
  const host = address.slice(0, address.lastIndexOf(':'));
  return host.startsWith('[') ? host.slice(1, -1) : host;
}

/**
 * The canonical form of a host, as in `parseAddress`.
 *
 * @throws {AddressError} when it is neither an IP address nor a host name.
 */
export function canonicalHost(host: string): string {
  return parseHost(host).host;
}

function requireHostAndPort(input: unknown): SocketAddress {
  const { host, port } = (input ?? {}) as Partial<Record<keyof SocketAddress, unknown>>;
  if (typeof host === 'string' && typeof port === 'number') return { host, port };
  throw new AddressError(
    typeof input === 'object' && input !== null
      ? `An address must have a host of type string and a port of type number, not ${typeof host} and ${typeof port}`
      : `An address must be 'host:port' or { host, port }, not ${input === null ? 'null' : typeof input}`,
  );
}

function parseAddressText(text: string): ParsedAddress {
  const { host, port } = splitHostAndPort(text);
  requirePort(
    PORT.test(port) ? Number(port) : NaN,
    1,
    `Address ${quote(text)}: port ${quote(port)}`,
  );
  return { ...parseHost(host), port: Number(port) };
}

function requirePort(port: number, min: number, subject: string): void {
  if (Number.isInteger(port) && port >= min && port <= MAX_PORT) return;
  throw new AddressError(`${subject} is not an integer from ${min} to ${MAX_PORT}`);
}

function splitHostAndPort(text: string): { host: string; port: string } {
  const fail = (problem: string): never => {
    throw new AddressError(`Address ${quote(text)} ${problem}`);
  };
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end < 0) return fail(`has no closing bracket; write '[host]:port'`);
    const host = text.slice(1, end);
    if (!host.includes(':')) return fail('has brackets, which are only for IPv6');
    if (end === text.length - 1) return fail(`has no port; write '${shown(text)}:port'`);
    if (text[end + 1] !== ':') return fail(`has no colon after the bracket; write '[host]:port'`);
    return { host, port: text.slice(end + 2) };
  }

  const colon = text.lastIndexOf(':');
  if (colon < 0) {
    if (text === '') return fail(`is empty; write 'host:port'`);
    return PORT.test(text)
      ? fail(`has no host; write 'host:${text}'`)
      : fail(`has no port; write '${shown(text)}:port'`);
  }
  const host = text.slice(0, colon);
  const port = text.slice(colon + 1);
  if (host === '') return fail(`has no host; write 'host:${shown(port)}'`);
  if (host.includes(':')) {
    // The part after the last colon may be meant as the port, so the hint shows where brackets are
    // needed.
    if (PORT.test(port) && canonicalIpv6(host)) return fail(bracketsHint(`[${host}]:${port}`));
    if (canonicalIpv6(text)) return fail(bracketsHint(`[${text}]:port`));
    return fail(`has more than one colon; write 'host:port', or '[host]:port' for IPv6`);
  }
  return { host, port };
}

const bracketsHint = (example: string) => `is IPv6 without brackets; write '${example}'`;

function parseHost(host: string): ParsedHost {
  // Four decimals without leading zeros. Some resolvers read `010.1` as a short address with an
  // octal number. An address that can be read in two ways enables attacks, so only the form that
  // Node.js accepts is accepted here.
  if (isIPv4(host)) return { kind: 'ipv4', host };
  if (host.includes(':')) {
    const canonical = canonicalIpv6(host);
    if (canonical !== undefined) {
      return { kind: canonical.includes(':') ? 'ipv6' : 'ipv4', host: canonical };
    }
    throw new AddressError(`Host ${quote(host)} is not an IPv6 address`);
  }
  if (host.length > MAX_NAME_LENGTH || !NAME.test(host)) {
    throw new AddressError(`Host ${quote(host)} is neither an IP address nor a host name`);
  }
  if (ENDS_IN_NUMBER.test(host)) {
    throw new AddressError(
      `Host ${quote(host)} is not an IPv4 address, which has four decimals from 0 to 255 without leading zeros`,
    );
  }
  return { kind: 'name', host: host.toLowerCase() };
}

/** Input for an error message. It can come from strangers, so it is made short and printable. */
export function quote(value: string | number): string {
  return typeof value === 'string' ? JSON.stringify(shown(value)) : String(value);
}

function shown(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length <= 100 ? printable : `${printable.slice(0, 100)}…`;
}

/** Reachable: refuses addresses that an endpoint cannot call, before such a call times out. */
import { AddressError, formatAddress } from './address.js';
import type { ParsedAddress, SocketAddress } from './address.js';
import { splitZone } from './ip.js';
import { isAnswerable } from './source.js';

/** fe80::/10. Every link has them, so that only a zone says which link is meant (RFC 4007). */
const LINK_LOCAL = /^fe[89ab][0-9a-f]:/;

/** Where an endpoint calls from. */
export interface Vantage {
  /** Its local address. */
  readonly address: SocketAddress;
  /** Its IP version; 0 means both. */
  readonly family: 0 | 4 | 6;
  /** The name by which datagrams carry a zone, which may be given as an index; see `Transport`. */
  readonly zoneName: ((zone: string) => string | undefined) | undefined;
}

/**
 * The address as answers from it show it: the index of a zone is replaced by its name.
 *
 * @throws AddressError for an address that cannot be called from there, as `requireReachable` does,
 * and for a zone that does not exist.
 */
export function reachable(address: ParsedAddress, vantage: Vantage): ParsedAddress {
  requireReachable(address, vantage.address, vantage.family);
  const { address: unzoned, zone } = splitZone(address.host);
  if (zone === '' || vantage.zoneName === undefined) return address;
  const name = vantage.zoneName(zone.slice(1));
  if (name !== undefined) return { ...address, host: `${unzoned}%${name}` };
  throw new AddressError(
    `${formatAddress(address)} is on a link that this machine does not have: no network ` +
      `interface that is up has the name or the index ${zone.slice(1)}`,
  );
}

/**
 * Refuses an address that the endpoint at `local` cannot call, or from which no answer could come.
 * `family` is the endpoint's IP version; 0 means both.
 *
 * @throws AddressError that says why and, if possible, what to write instead.
 */
export function requireReachable(
  address: ParsedAddress,
  local: SocketAddress,
  family: 0 | 4 | 6,
): void {
  if (address.kind === 'name') return;
  const { host, kind, port } = address;
  const shown = formatAddress(address);
  if (host === '0.0.0.0' || host === '::') {
    throw new AddressError(
      `${shown} stands for every address of a machine, but answers come from only one of them; ` +
        `write 127.0.0.1:${port} or [::1]:${port} for this machine`,
    );
  }
  if (!isAnswerable(host, port)) {
    throw new AddressError(
      `${shown} stands for many machines, but answers come from their own addresses`,
    );
  }
  const { address: unzoned, zone } = splitZone(host);
  if (LINK_LOCAL.test(host) && zone === '') {
    throw new AddressError(`${shown} is on the link of one interface; name it: ${host}%eth0`);
  }
  if (!LINK_LOCAL.test(host) && zone !== '') {
    throw new AddressError(
      `${shown} has a zone, but only link-local addresses have one, and answers come without it; ` +
        `write ${formatAddress({ host: unzoned, port })}`,
    );
  }
  if (family === 0 || family === { ipv4: 4, ipv6: 6 }[kind]) return;
  throw new AddressError(
    `${shown} cannot be reached from ${formatAddress(local)}, which speaks IPv${family}`,
  );
}

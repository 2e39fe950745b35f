/** Reachable: refuses addresses that an endpoint cannot call, before such a call times out. */
import { AddressError, formatAddress } from './address.js';
import type { ParsedAddress, SocketAddress } from './address.js';
import { isAnswerable } from './source.js';

/** fe80::/10 without an interface (RFC 4007, section 6). */
const LINK_LOCAL_WITHOUT_SCOPE = /^fe[89ab][0-9a-f]:[^%]*$/;

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
  if (LINK_LOCAL_WITHOUT_SCOPE.test(host)) {
    throw new AddressError(`${shown} is on the link of one interface; name it: ${host}%eth0`);
  }
  if (family === 0 || family === { ipv4: 4, ipv6: 6 }[kind]) return;
  throw new AddressError(
    `${shown} cannot be reached from ${formatAddress(local)}, which speaks IPv${family}`,
  );
}

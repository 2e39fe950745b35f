/** Looked up: checks what the look-up of a host name gave, as an address in a call is checked. */
import { AddressError, parseAddress, quote } from './address.js';
import type { ParsedAddress, SocketAddress } from './address.js';
import { reachable } from './reachable.js';
import type { Vantage } from './reachable.js';

/** The most addresses of a name that are used. The first ones are preferred. */
const MAX_ADDRESSES = 16;

/**
 * The canonical hosts that a name means, without those that cannot be called from `vantage`. There
 * is at least one.
 *
 * @param given what the look-up gave: by contract an IP address, or a list of them
 * @throws AddressError that names the name and what was given.
 */
export function lookedUpHosts(
  { host: name, port }: SocketAddress,
  given: unknown,
  vantage: Vantage,
): string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const hosts = new Set<string>();
  let refusal: AddressError | undefined;
  for (const one of list) {
    if (hosts.size === MAX_ADDRESSES) break;
    try {
      hosts.add(reachable(ipAddress(one, port), vantage).host);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      refusal ??= error;
    }
  }
  if (hosts.size > 0) return [...hosts];
  const why = refusal?.message ?? 'an empty list';
  throw new AddressError(
    `The look-up of ${quote(name)} gave no address that can be called: ${why}`,
  );
}

function ipAddress(given: unknown, port: number): ParsedAddress {
  if (typeof given !== 'string') {
    throw new AddressError(`${given === null ? 'null' : typeof given} is not an IP address`);
  }
  const address = parseAddress({ host: given, port });
  if (address.kind === 'name') throw new AddressError(`${quote(given)} is not an IP address`);
  return address;
}

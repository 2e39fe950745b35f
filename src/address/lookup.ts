/** Lookup: finds the IP addresses of a host name. */
import { lookup } from 'node:dns/promises';
import { canonicalHost } from './address.js';

/**
 * Turns a host name into its IP addresses: one, or a list, the preferred one first. `family` is the
 * IP version of the endpoint; 0 means both. Of a list, up to 16 different addresses are used, and
 * those that the endpoint cannot call are skipped.
 *
 * Calls wait for the first look-up of their name. If it rejects or throws, they end `unsent` with
 * that error, and the next call asks again. If it gives no address that can be called, they end
 * `unsent` with an AddressError that says what was given. A name is looked up again, at most once a
 * second, when the peer at its address does not answer. If that fails, the known addresses stay.
 */
export type Lookup = (host: string, family: 0 | 4 | 6) => Promise<string | readonly string[]>;

/**
 * Asks the operating system (getaddrinfo), which also reads its hosts file. Gives all addresses in
 * the system's order. Nothing is cached. Rejects with the error of Node.js (`code` is `ENOTFOUND`,
 * `EAI_AGAIN`, …) if there is none.
 */
export const systemLookup: Lookup = async (host, family) => {
  const found = await lookup(host, { family, all: true });
  return found.map(({ address }) => canonicalHost(address));
};

/**
 * How long a look-up is waited for, which may never end. Then the name may be looked up again, and
 * notifications that waited for it are dropped.
 */
export const LOOKUP_PATIENCE_MS = 10_000;

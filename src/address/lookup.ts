/** Lookup: finds the IP address of a host name. */
import { lookup } from 'node:dns/promises';
import { canonicalHost } from './address.js';

/**
 * Turns a host name into one canonical IP address of the given family; 0 means either. Rejects with
 * the error of Node.js (`code` is `ENOTFOUND`, `EAI_AGAIN`, …) if there is none.
 */
export type Lookup = (host: string, family: 0 | 4 | 6) => Promise<string>;

/** Asks the operating system (getaddrinfo), which also reads its hosts file. Nothing is cached. */
export const systemLookup: Lookup = async (host, family) => {
  const { address } = await lookup(host, { family });
  return canonicalHost(address);
};

import { lookup } from 'node:dns/promises';
import { canonicalHost } from './address.js';

/**
 * Turns a host name into one canonical IP address of the given family, 0 for either. Rejects with
 * Node's error (`code` is `ENOTFOUND`, `EAI_AGAIN`, …) when there is none.
 */
export type Lookup = (host: string, family: 0 | 4 | 6) => Promise<string>;

/** Asks the operating system, which also reads its hosts file (getaddrinfo). Nothing is cached. */
export const systemLookup: Lookup = async (host, family) => {
  const { address } = await lookup(host, { family });
  return canonicalHost(address);
};

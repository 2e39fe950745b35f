/** Owner: the worker that a remote address belongs to. */

/** FNV-1a, 32 bits. */
const FNV_PRIME = 0x01000193;

/**
 * The slot, from 0 to `workers` - 1, of the worker that keeps all state of a remote address: its
 * requests, their replies, and how much may be sent to it. It depends only on the address, the seed
 * and the number of workers. The seed hides from strangers which worker they get, but the hash is
 * not a cryptographic one.
 */
export function ownerOf(host: string, port: number, seed: number, workers: number): number {
  let hash = seed;
  for (let index = 0; index < host.length; index++) {
    hash = Math.imul(hash ^ host.charCodeAt(index), FNV_PRIME);
  }
  hash = Math.imul(hash ^ (port >>> 8), FNV_PRIME);
  hash = Math.imul(hash ^ (port & 0xff), FNV_PRIME);
  return Math.floor((mixed(hash) / 2 ** 32) * workers);
}

/**
 * The last step of MurmurHash3. With it every bit of the input affects every bit of the result,
 * which FNV does not achieve.
 */
function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Which worker an address belongs to. */

/** FNV-1a, 32 bits. */
const FNV_PRIME = 0x01000193;

/**
 * The slot, 0 to `workers` - 1, of the worker that has all there is to know of a remote address: the requests it
 * sent, their replies, what it may be sent. The same for as long as seed and number of workers are. The seed is for a
 * stranger not to know whose turn it is; the hash is not a cryptographic one.
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

/** MurmurHash3's last step: every bit of the input moves every bit of the result, which FNV lacks. */
function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import { formatAddress, type SocketAddress } from '../address/address.js';

/**
 * Who else may receive at an address. `'alone'`: nobody. `'cluster'`: the workers of one node:cluster,
 * which have one socket between them, and whichever wakes first reads a datagram. `'reusePort'`: other
 * sockets that ask for it too (`SO_REUSEPORT`), among which the kernel deals out the senders.
 */
export type Sharing = 'alone' | 'cluster' | 'reusePort';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use; choose another port, or 0 for any free one',
  EACCES: 'permission denied; ports below 1024 may need privileges',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** What the same codes mean where a port was to be shared. */
const REASONS_IF_SHARED: Readonly<Record<Exclude<Sharing, 'alone'>, typeof REASONS>> = {
  cluster: {
    ...REASONS,
    ENOTSUP: 'the workers of a cluster cannot share a UDP socket on this system',
  },
  reusePort: {
    ...REASONS,
    EADDRINUSE: 'the address is in use by a socket without reusePort, or of another user',
    ENOTSUP: 'this system has no reusePort; Linux 3.9 has, and later ones',
  },
};

/** A transport could not bind. `cause` is what the system said, `address` what was asked for. */
export class BindError extends Error {
  override readonly name = 'BindError';
  readonly code = 'ERR_RPCUDP_BIND';
  readonly address: SocketAddress;
  override readonly cause: NodeJS.ErrnoException;

  constructor(address: SocketAddress, cause: NodeJS.ErrnoException, sharing: Sharing = 'alone') {
    const reasons = sharing === 'alone' ? REASONS : REASONS_IF_SHARED[sharing];
    const reason = reasons[cause.code ?? ''] ?? cause.message;
    super(`Cannot bind ${formatAddress(address)}: ${reason}`);
    this.address = address;
    this.cause = cause;
  }
}

/** Bind error: thrown when a transport cannot bind its address. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { formatAddress, type SocketAddress } from '../address/address.js';

/**
 * Which other processes may receive at an address.
 *
 * - `'alone'`: none.
 * - `'cluster'`: the workers of one node:cluster. They share one socket, and the worker that wakes
 *   first reads a datagram.
 * - `'reusePort'`: all sockets that ask for it (`SO_REUSEPORT`). The kernel distributes the senders
 *   among them.
 */
export type Sharing = 'alone' | 'cluster' | 'reusePort';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use; choose another port, or 0 for any free one',
  EACCES: 'permission denied; ports below 1024 may need privileges',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** What the codes mean for a port that should be shared. */
const REASONS_IF_SHARED: Readonly<Record<Exclude<Sharing, 'alone'>, typeof REASONS>> = {
  cluster: {
    ...REASONS,
    ENOTSUP: 'the workers of a cluster cannot share a UDP socket on this system',
  },
  reusePort: {
    ...REASONS,
    EADDRINUSE: 'the address is in use by a socket without reusePort, or by one of another user',
    ENOTSUP: 'this system does not support reusePort; Linux does, from version 3.9',
  },
};

/** A transport could not bind. `cause` is the system's error, `address` the requested address. */
export class BindError extends Error {
  static {
    shareAmongCopies('BindError', this);
  }

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

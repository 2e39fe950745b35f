import { formatAddress, type SocketAddress } from '../address.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use; choose another port, or 0 for any free one',
  EACCES: 'permission denied; ports below 1024 may need privileges',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** A transport could not bind. `cause` is what the system said, `address` what was asked for. */
export class BindError extends Error {
  override readonly name = 'BindError';
  readonly code = 'ERR_RPCUDP_BIND';
  readonly address: SocketAddress;
  override readonly cause: NodeJS.ErrnoException;

  constructor(address: SocketAddress, cause: NodeJS.ErrnoException) {
    const reason = REASONS[cause.code ?? ''] ?? cause.message;
    super(`Cannot bind ${formatAddress(address)}: ${reason}`);
    this.address = address;
    this.cause = cause;
  }
}

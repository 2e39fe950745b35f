/**
 * The errors of the inspector: for an address that it cannot use, and for a URL that is not an
 * inspector's.
 */
import { shareAmongCopies } from '../../copies/shared-class.js';
import { formatAddress } from '../../address/address.js';
import type { SocketAddress } from '../../address/address.js';
import { quote } from '../../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another, or 0 for any free one',
  EACCES: 'permission denied; ports below 1024 may need privileges',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/**
 * The inspector could not be served. `cause` is the error of the system, `address` the address that
 * was wanted.
 */
export class InspectorBindError extends Error {
  static {
    shareAmongCopies('InspectorBindError', this);
  }

  override readonly name = 'InspectorBindError';
  readonly code = 'ERR_RPCUDP_INSPECTOR_BIND';
  readonly address: SocketAddress;

  constructor(address: SocketAddress, cause: NodeJS.ErrnoException) {
    const reason = REASONS[cause.code ?? ''] ?? cause.message;
    super(`Cannot serve the inspector at ${formatAddress(address)}: ${reason}`, { cause });
    this.address = address;
  }
}

/** The text is not the URL of an inspector. Nothing was done. */
export class InspectorUrlError extends TypeError {
  static {
    shareAmongCopies('InspectorUrlError', this);
  }

  override readonly name = 'InspectorUrlError';
  readonly code = 'ERR_RPCUDP_INSPECTOR_URL';

  constructor(url: string) {
    super(
      `${quote(url)} is not the URL of an inspector, which looks like http://127.0.0.1:4000/0123456789abcdef0123456789abcdef/`,
    );
  }
}

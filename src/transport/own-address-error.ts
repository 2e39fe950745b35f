/** Own address error: the system refused a datagram because the local address is gone. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { formatAddress, type SocketAddress } from '../address/address.js';

/**
 * The system refused a datagram, and the address that the endpoint is bound to has left this
 * machine: no interface has it any more, or its interface is down. `code` is the system's, such as
 * `ENETUNREACH`, and `cause` is its error. Nothing was sent.
 */
export class OwnAddressError extends Error {
  static {
    shareAmongCopies('OwnAddressError', this);
  }

  override readonly name = 'OwnAddressError';
  readonly code: string | undefined;
  /** The address that the endpoint is bound to. */
  readonly address: SocketAddress;
  override readonly cause: NodeJS.ErrnoException;

  constructor(address: SocketAddress, cause: NodeJS.ErrnoException) {
    super(
      `This endpoint is bound to ${formatAddress(address)}, but no network interface that is up ` +
        `has ${address.host}; open an endpoint at an address that this machine has, or at all of ` +
        `them (${cause.message})`,
    );
    this.code = cause.code;
    this.address = address;
    this.cause = cause;
  }
}

/** What the system may say when the source address of a datagram is gone. */
const MAY_MEAN_GONE = new Set<string | undefined>([
  'EADDRNOTAVAIL',
  'EHOSTUNREACH',
  'EINVAL',
  'ENETDOWN',
  'ENETUNREACH',
]);

/** Whether the system may have refused a datagram because the local address is gone. */
export function mayBlameOwnAddress({ code }: NodeJS.ErrnoException): boolean {
  return MAY_MEAN_GONE.has(code);
}

/** Shared port error: an endpoint that shares its port was asked to call. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { formatAddress, type SocketAddress } from '../address/address.js';

/** An endpoint that shares its port cannot make calls. Nothing was sent. */
export class SharedPortError extends Error {
  static {
    shareAmongCopies('SharedPortError', this);
  }

  override readonly name = 'SharedPortError';
  readonly code = 'ERR_RPCUDP_SHARED_PORT';

  constructor(local: SocketAddress) {
    super(
      `This endpoint shares ${formatAddress(local)} and cannot make calls, because the answer ` +
        `could reach another process. Make calls from a separate endpoint: createEndpoint()`,
    );
  }
}

import { formatAddress, type SocketAddress } from '../address/address.js';

/** An endpoint that shares its port was to make a call. Nothing was sent. */
export class SharedPortError extends Error {
  override readonly name = 'SharedPortError';
  readonly code = 'ERR_RPCUDP_SHARED_PORT';

  constructor(local: SocketAddress) {
    super(
      `This endpoint shares ${formatAddress(local)}, and serves only: the answer to a call could reach ` +
        `another process. Make calls from an endpoint of their own: createEndpoint()`,
    );
  }
}

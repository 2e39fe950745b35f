/** Holding a peer: whom an endpoint may call now, and by which address. */
import { parseAddress } from '../address/address.js';
import type { SocketAddress } from '../address/address.js';
import { reachable } from '../address/reachable.js';
import type { Vantage } from '../address/reachable.js';
import type { ParentRequest } from '../call/parent-request.js';
import type { HeldActor } from '../peer/held-actor.js';
import { SharedPortError } from '../transport/shared-port-error.js';
import type { Transport } from '../transport/transport.js';
import type { Parts } from './parts.js';

/**
 * The peer at this address, for calls that belong to a request, or to the program.
 *
 * @throws EndpointClosedError, SharedPortError, AddressError, TooManyPeersError.
 */
export function holdPeer(
  { caller, peers, transport, vantage }: Parts,
  parent: ParentRequest | undefined,
  address: string | SocketAddress,
): HeldActor {
  caller.requireOpen(parent);
  requireOwnPort(transport, vantage);
  return peers.hold(reachable(parseAddress(address), vantage));
}

/**
 * The peers that are known.
 *
 * @throws SharedPortError
 */
export function holdPeers({ peers, transport, vantage }: Parts): HeldActor[] {
  requireOwnPort(transport, vantage);
  return peers.heldNow();
}

function requireOwnPort(transport: Transport, vantage: Vantage): void {
  if (transport.sharesPort === true) throw new SharedPortError(vantage.address);
}

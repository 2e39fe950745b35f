/** Input: what the actors of `actorsOf` are invoked or spawned with. */
import type { SocketAddress } from '../address/address.js';
import type { CallOptions } from '../api/call-options.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { Peer } from '../api/peer.js';
import type { ArgumentsOf, ProcedureName } from '../api/procedures.js';

/** The input of a spawned peer. */
export interface PeerInput {
  readonly endpoint: AnyEndpoint;
  /** The peer's address, in a form that `endpoint.peer` takes. */
  readonly address: string | SocketAddress;
}

/** The input of a spawned peer of `actorsOf(endpoint)`. */
export type AddressedPeerInput = Pick<PeerInput, 'address'>;

/** The arguments in an input. They may be left out if the procedure needs none. */
type ArgumentsInput<Args> = [] extends Args
  ? { readonly args?: Args | undefined }
  : { readonly args: Args };

/** The input of an invoked call. */
export type CallInput<Api, P extends ProcedureName<Api>> = Omit<CallOptions, 'signal'> & {
  readonly peer: Peer<Api>;
} & ArgumentsInput<ArgumentsOf<Api[P]>>;

/** The options of a call that are kept with it. */
export type KeptOptions = Omit<CallOptions, 'signal' | 'reference'>;

/**
 * The input of an invoked call of `actorsOf(endpoint)`. Its arguments are persisted as they are
 * sent.
 */
export type AddressedCallInput<Api, P extends ProcedureName<Api>> = KeptOptions &
  AddressedPeerInput &
  ArgumentsInput<ArgumentsOf<Api[P]>>;

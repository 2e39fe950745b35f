/** Call keeper: how `actorsOf` persists the calls of an endpoint, and restores them. */
import type { Call } from '../api/call.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { AnyContract } from '../contract/contract.js';
import { OptionError } from '../errors.js';

export interface RestoreTerms {
  /** The procedure that was called. */
  readonly procedure: string;
  readonly contract: AnyContract | undefined;
  readonly signal: AbortSignal;
}

export interface CallKeeper {
  /** What a later process needs to go on with the call, as data that survives JSON. */
  persist(call: Call): object;

  /**
   * Goes on with a call that was persisted.
   *
   * @throws RestoreError, AddressError, SharedPortError, TooManyPeersError, EndpointClosedError.
   */
  restore(persisted: unknown, terms: RestoreTerms): Call;
}

/** The name of a property that only this file reads, the same in every copy of this package. */
export const CALL_KEEPER = Symbol.for('rpcudp.callKeeper');

export interface KeepsCalls {
  readonly [CALL_KEEPER]: CallKeeper;
}

/** @throws OptionError for a value that `createEndpoint` did not make. */
export function callKeeperOf(endpoint: AnyEndpoint): CallKeeper {
  if (CALL_KEEPER in endpoint) return (endpoint as AnyEndpoint & KeepsCalls)[CALL_KEEPER];
  throw new OptionError('endpoint', 'must be an endpoint made by createEndpoint');
}

/** Remote actors: logic for users' XState machines, a peer to spawn and a call to invoke. */
import type { PromiseActorLogic } from 'xstate';
import type { AnyEndpoint, ApiOf } from '../api/endpoint.js';
import type { Outcome } from '../api/outcome.js';
import type { AnyProcedures, ProcedureName, ResultOf } from '../api/procedures.js';
import { callKeeperOf } from '../call/call-keeper.js';
import { requireContract } from '../contract/contract.js';
import type { AnyContract, ContractApi } from '../contract/contract.js';
import { addressedCallLogic, callLogic, outcomeOf, valueOf } from './call-logic.js';
import type { AddressedCallInput, AddressedPeerInput, CallInput, PeerInput } from './input.js';
import { addressedPeerLogic, peerLogic } from './peer-logic.js';
import type { PeerLogic } from './peer-logic.js';

/** The result of `actorsOf()`: actor logic for `setup({ actors })`. */
export interface RemoteActors<Api> {
  /**
   * A peer. Send it `{ type: 'call', procedure, args }`. The reports of these calls
   * (`call.resolved`, `call.timedOut`, `call.late`, …), and those of the peer's health
   * (`peer.responsive`, `peer.suspect`, `peer.silent`), go to its parent and to listeners that were
   * added with `on`. Its snapshot has the `health`. While it runs, the peer is not forgotten. When
   * it is stopped, its open calls are cancelled.
   */
  readonly peer: PeerLogic<Api, PeerInput>;
  /**
   * One call. Its output is the result of the procedure. Every outcome other than `resolved` is an
   * error: a `CallError` that has the `outcome`. When the invoking state is left, the call is
   * cancelled.
   */
  call<P extends ProcedureName<Api>>(
    procedure: P,
  ): PromiseActorLogic<ResultOf<Api[P]>, CallInput<Api, P>>;
  /** One call, whose output is its outcome, so that guards can tell what happened. */
  outcome<P extends ProcedureName<Api>>(
    procedure: P,
  ): PromiseActorLogic<Outcome<ResultOf<Api[P]>>, CallInput<Api, P>>;
}

/**
 * The result of `actorsOf(endpoint)`: the same logic, for machines that are persisted. Its input
 * survives JSON, and a call that is restored asks again under its transaction id, where a peer that
 * knows the request answers it without running it twice. Otherwise it is `timedOut`, with
 * `executed: 'maybe'`. A persisted call holds its arguments. A peer that is restored has no calls.
 */
export interface AddressedActors<Api> {
  /** As in `RemoteActors`. */
  readonly peer: PeerLogic<Api, AddressedPeerInput>;
  /** As in `RemoteActors`. */
  call<P extends ProcedureName<Api>>(
    procedure: P,
  ): PromiseActorLogic<ResultOf<Api[P]>, AddressedCallInput<Api, P>>;
  /** As in `RemoteActors`. */
  outcome<P extends ProcedureName<Api>>(
    procedure: P,
  ): PromiseActorLogic<Outcome<ResultOf<Api[P]>>, AddressedCallInput<Api, P>>;
}

/**
 * The actor logic for a remote endpoint, typed by the procedures that it serves:
 *
 * ```ts
 * const remote = actorsOf<typeof server>();
 * setup({ actors: { server: remote.peer, sayhi: remote.call('sayhi') } });
 * ```
 *
 * With an endpoint, inputs have an address instead of a peer, and machines can be persisted while
 * they wait for a call, and restored in another process:
 *
 * ```ts
 * const remote = actorsOf<typeof server>(endpoint);
 * ```
 *
 * A contract types the procedures, and a spawned peer checks its calls by it. An invoked call is
 * checked if `actorsOf` has endpoint and contract, or if the peer in its input has a contract.
 *
 * @throws OptionError for values that are no endpoint or no contract.
 */
export function actorsOf<C extends AnyContract>(
  endpoint: AnyEndpoint,
  contract: C,
): AddressedActors<ContractApi<C>>;
export function actorsOf<C extends AnyContract>(contract: C): RemoteActors<ContractApi<C>>;
export function actorsOf<T = AnyProcedures>(endpoint: AnyEndpoint): AddressedActors<ApiOf<T>>;
export function actorsOf<T = AnyProcedures>(): RemoteActors<ApiOf<T>>;
export function actorsOf(first?: AnyEndpoint | AnyContract, second?: AnyContract): object {
  if (first !== undefined && isEndpoint(first)) return addressedActors(first, second);
  requireContract(first);
  const actors: RemoteActors<AnyProcedures> = {
    peer: peerLogic(first),
    call: (procedure) => callLogic(procedure, valueOf),
    outcome: (procedure) => callLogic(procedure, outcomeOf),
  };
  return actors;
}

/** Every contract has a definition, and no endpoint has one. */
function isEndpoint(given: AnyEndpoint | AnyContract): given is AnyEndpoint {
  return typeof given === 'object' && (given as unknown) !== null && 'peer' in given;
}

function addressedActors(
  endpoint: AnyEndpoint,
  contract: AnyContract | undefined,
): AddressedActors<AnyProcedures> {
  requireContract(contract);
  const keeper = callKeeperOf(endpoint);
  return {
    peer: addressedPeerLogic(endpoint, contract),
    call: (procedure) => addressedCallLogic({ endpoint, contract, keeper, procedure }, valueOf),
    outcome: (procedure) =>
      addressedCallLogic({ endpoint, contract, keeper, procedure }, outcomeOf),
  };
}

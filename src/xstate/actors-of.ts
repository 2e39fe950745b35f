/** Remote actors: logic for users' XState machines, a peer to spawn and a call to invoke. */
import { fromCallback, fromPromise } from 'xstate';
import type { CallbackActorLogic, PromiseActorLogic } from 'xstate';
import type { SocketAddress } from '../address/address.js';
import type { CallOptions } from '../api/call-options.js';
import type { AnyContract, ContractApi } from '../contract/contract.js';
import { requireContract } from '../contract/contract.js';
import type { AnyEndpoint, ApiOf } from '../api/endpoint.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName, ResultOf } from '../api/procedures.js';
import type { CallCommand } from '../api/call-command.js';
import type { Peer, PeerReport } from '../api/peer.js';

/** The input of a spawned peer. */
export interface PeerInput {
  readonly endpoint: AnyEndpoint;
  /** The peer's address, in a form that `endpoint.peer` takes. */
  readonly address: string | SocketAddress;
}

/** The input of an invoked call. */
export type CallInput<Api, P extends ProcedureName<Api>> = Omit<CallOptions, 'signal'> & {
  readonly peer: Peer<Api>;
} & ([] extends ArgumentsOf<Api[P]>
    ? { readonly args?: ArgumentsOf<Api[P]> }
    : { readonly args: ArgumentsOf<Api[P]> });

/** The result of `actorsOf`: actor logic for `setup({ actors })`. */
export interface RemoteActors<Api> {
  /**
   * A peer. Send it `{ type: 'call', procedure, args }`. The reports of these calls
   * (`call.resolved`, `call.timedOut`, `call.late`, …) go to its parent and to listeners that were
   * added with `on`. When it is stopped, its open calls are cancelled.
   */
  readonly peer: CallbackActorLogic<CallCommand<Api>, PeerInput, PeerReport<Api>>;
  /**
   * One call. Its output is the result of the procedure. Every outcome other than `resolved` is an
   * error: a `CallError` that has the `outcome`. When the invoking state is left, the call is
   * cancelled.
   */
  call<P extends ProcedureName<Api>>(
    procedure: P,
  ): PromiseActorLogic<ResultOf<Api[P]>, CallInput<Api, P>>;
}

/**
 * The actor logic for a remote endpoint, typed by the procedures that it serves:
 *
 * ```ts
 * const remote = actorsOf<typeof server>();
 * setup({ actors: { server: remote.peer, sayhi: remote.call('sayhi') } });
 * ```
 *
 * `actorsOf(contract)` types them by a contract, and a spawned peer checks its calls by it. An
 * invoked call is checked only if the peer in its input has a contract.
 */
export function actorsOf<C extends AnyContract>(contract: C): RemoteActors<ContractApi<C>>;
export function actorsOf<T = AnyProcedures>(): RemoteActors<ApiOf<T>>;
export function actorsOf(contract?: AnyContract): object {
  requireContract(contract);
  const actors: RemoteActors<AnyProcedures> = {
    peer: peerLogic(contract),
    call: (procedure) => callLogic(procedure),
  };
  return actors;
}

function callLogic<Api, P extends ProcedureName<Api>>(
  procedure: P,
): PromiseActorLogic<ResultOf<Api[P]>, CallInput<Api, P>> {
  return fromPromise(({ input, signal }) => {
    const { peer, args, ...options } = input as CallInput<AnyProcedures, string>;
    return peer.call(procedure, args, { ...options, signal }).value() as Promise<ResultOf<Api[P]>>;
  });
}

function peerLogic(contract: AnyContract | undefined): RemoteActors<AnyProcedures>['peer'] {
  return fromCallback(({ input, receive, sendBack, emit }) => {
    const { endpoint, address } = input;
    const peer: Peer =
      contract === undefined ? endpoint.peer(address) : endpoint.peer(address, contract);
    const stopped = new AbortController();
    receive((command) => {
      const { signal, replyTo, ...call } = command;
      const report = (event: PeerReport): void => {
        if (stopped.signal.aborted) return;
        emit(event);
        sendBack(event);
        replyTo?.send(event);
      };
      const either =
        signal === undefined ? stopped.signal : AbortSignal.any([stopped.signal, signal]);
      peer.send({ ...call, signal: either, replyTo: { send: report } });
    });
    return () => {
      stopped.abort(new Error('The peer actor was stopped'));
    };
  });
}

/** Logic for users' own XState machines: a peer to spawn and send to, a call to invoke. */
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
  /** As `endpoint.peer` takes it. */
  readonly address: string | SocketAddress;
}

/** The input of an invoked call. */
export type CallInput<Api, P extends ProcedureName<Api>> = Omit<CallOptions, 'signal'> & {
  readonly peer: Peer<Api>;
} & ([] extends ArgumentsOf<Api[P]>
    ? { readonly args?: ArgumentsOf<Api[P]> }
    : { readonly args: ArgumentsOf<Api[P]> });

/** What `actorsOf` gives: logic to name in `setup({ actors })`. */
export interface RemoteActors<Api> {
  /**
   * A peer. Send it `{ type: 'call', procedure, args }`; the reports of these calls (`call.resolved`,
   * `call.timedOut`, `call.late`, …) come back to its parent, and to those who listen with `on`. When
   * it is stopped, its open calls are cancelled.
   */
  readonly peer: CallbackActorLogic<CallCommand<Api>, PeerInput, PeerReport<Api>>;
  /**
   * One call. Its output is the procedure's result; every outcome but `resolved` is an error, a
   * `CallError` whose `outcome` says how it went. When its state is left, the call is cancelled.
   */
  call<P extends ProcedureName<Api>>(
    procedure: P,
  ): PromiseActorLogic<ResultOf<Api[P]>, CallInput<Api, P>>;
}

/**
 * The actors of a remote endpoint, typed by what it serves:
 *
 * ```ts
 * const remote = actorsOf<typeof server>();
 * setup({ actors: { server: remote.peer, sayhi: remote.call('sayhi') } });
 * ```
 *
 * `actorsOf(contract)` types them by a contract, and a spawned peer checks its calls by it; an invoked
 * call is checked as the peer in its input does.
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

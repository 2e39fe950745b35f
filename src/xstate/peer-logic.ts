/** Peer logic: a spawned peer, which makes calls for its parent and reports how they end. */
import { fromCallback } from 'xstate';
import type { CallbackActorLogic } from 'xstate';
import type { CallCommand } from '../api/call-command.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { Peer, PeerReport } from '../api/peer.js';
import type { AnyContract } from '../contract/contract.js';
import { RestoreError } from '../api/restore-error.js';
import type { AddressedPeerInput, PeerInput } from './input.js';

type PeerLogic<Input> = CallbackActorLogic<CallCommand, Input, PeerReport>;

export function peerLogic(contract: AnyContract | undefined): PeerLogic<PeerInput> {
  return logicFor(({ endpoint, address }) => {
    // Of a persisted endpoint JSON leaves nothing.
    if (typeof (endpoint as Partial<AnyEndpoint> | undefined)?.peer !== 'function') {
      throw RestoreError.ofInput('a spawned peer', 'endpoint');
    }
    return peerAt(endpoint, address, contract);
  });
}

export function addressedPeerLogic(
  endpoint: AnyEndpoint,
  contract: AnyContract | undefined,
): PeerLogic<AddressedPeerInput> {
  return logicFor(({ address }) => peerAt(endpoint, address, contract));
}

export function peerAt(
  endpoint: AnyEndpoint,
  address: PeerInput['address'],
  contract: AnyContract | undefined,
): Peer {
  return contract === undefined ? endpoint.peer(address) : endpoint.peer(address, contract);
}

function logicFor<Input>(peerOf: (input: Input) => Peer): PeerLogic<Input> {
  return fromCallback(({ input, receive, sendBack, emit }) => {
    const peer = peerOf(input);
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

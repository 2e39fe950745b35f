/**
 * Peer logic: a spawned peer, which makes calls for its parent. It reports how they end, and the
 * health of the peer, which its snapshot has. It is XState's logic of a callback.
 */
import { fromCallback } from 'xstate';
import type { ActorLogic, AnyActorRef, CallbackSnapshot } from 'xstate';
import { actAs } from '../actor/acting.js';
import type { CallCommand } from '../api/call-command.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { PeerHealth } from '../api/health.js';
import { HEALTH_REPORT_TYPES } from '../api/health-report.js';
import type { CallReport } from '../api/call-report.js';
import type { Peer, PeerReport } from '../api/peer.js';
import type { AnyProcedures } from '../api/procedures.js';
import type { AnyContract } from '../contract/contract.js';
import { RestoreError } from '../api/restore-error.js';
import type { AddressedPeerInput, PeerInput } from './input.js';

/** The snapshot of a spawned peer. */
export type SpawnedPeerSnapshot<Input> = CallbackSnapshot<Input> & {
  /** The health of the peer, as it was last reported; before that as it was found. */
  readonly health: PeerHealth;
};

/** The logic of a spawned peer. */
export type PeerLogic<Api, Input> = ActorLogic<
  SpawnedPeerSnapshot<Input>,
  CallCommand<Api>,
  Input,
  AnyActorRef['system'],
  PeerReport<Api>
>;

/** What a spawned peer sends itself, to have the health in its snapshot. */
interface HealthNoted {
  readonly type: 'peer.health';
  readonly health: PeerHealth;
}

export function peerLogic(contract: AnyContract | undefined): PeerLogic<AnyProcedures, PeerInput> {
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
): PeerLogic<AnyProcedures, AddressedPeerInput> {
  return logicFor(({ address }) => peerAt(endpoint, address, contract));
}

export function peerAt(
  endpoint: AnyEndpoint,
  address: PeerInput['address'],
  contract: AnyContract | undefined,
): Peer {
  return contract === undefined ? endpoint.peer(address) : endpoint.peer(address, contract);
}

function logicFor<Input>(peerOf: (input: Input) => Peer): PeerLogic<AnyProcedures, Input> {
  const logic = callbackFor(peerOf);
  const withHealth: typeof logic = {
    ...logic,
    getInitialSnapshot: (scope, input) =>
      inHealth(logic.getInitialSnapshot(scope, input), 'unknown'),
    transition: (snapshot, event, scope) =>
      event.type === 'peer.health'
        ? inHealth(snapshot, event.health)
        : logic.transition(snapshot, event, scope),
  };
  // For others it takes commands alone.
  return withHealth as unknown as PeerLogic<AnyProcedures, Input>;
}

function inHealth<Input>(
  snapshot: CallbackSnapshot<Input>,
  health: PeerHealth,
): SpawnedPeerSnapshot<Input> {
  return { ...snapshot, health };
}

function callbackFor<Input>(peerOf: (input: Input) => Peer) {
  return fromCallback<CallCommand | HealthNoted, Input, PeerReport>(
    ({ input, self, receive, sendBack, emit }) => {
      const peer = peerOf(input);
      const stopped = new AbortController();
      const noteHealth = (): void => {
        self.send({ type: 'peer.health', health: peer.health });
      };
      // A persisted snapshot has the health that the peer had in an earlier process.
      noteHealth();
      const report = (event: PeerReport): void => {
        emit(event);
        sendBack(event);
      };
      const listening = HEALTH_REPORT_TYPES.map((type) =>
        peer.on(type, (event) => {
          noteHealth();
          report(event);
        }),
      );
      receive((command) => {
        const { signal, replyTo, ...call } = command as CallCommand;
        const reportCall = (event: CallReport): void => {
          if (stopped.signal.aborted) return;
          report(event);
          replyTo?.send(event);
        };
        const either =
          signal === undefined ? stopped.signal : AbortSignal.any([stopped.signal, signal]);
        actAs(self, () => {
          peer.send({ ...call, signal: either, replyTo: { send: reportCall } });
        });
      });
      return () => {
        for (const subscription of listening) subscription.unsubscribe();
        stopped.abort(new Error('The peer actor was stopped'));
      };
    },
  );
}

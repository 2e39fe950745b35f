/** Kept calls: persists the calls of an endpoint, and restores those of an earlier process. */
import { formatAddress, parseAddress } from '../address/address.js';
import { reachable } from '../address/reachable.js';
import type { Call } from '../api/call.js';
import type { AnyEndpoint } from '../api/endpoint.js';
import type { CallKeeper, RestoreTerms } from '../call/call-keeper.js';
import type { CallActor } from '../call/call.js';
import { persistedCall, readPersistedCall } from '../call/persisted-call.js';
import type { PersistedCall } from '../call/persisted-call.js';
import { restorationOf } from '../call/restoration.js';
import { RestoreError } from '../api/restore-error.js';
import { EndpointClosedError } from '../errors.js';
import type { Parts } from './parts.js';

export class KeptCalls implements CallKeeper {
  readonly #parts: Parts;
  readonly #endpoint: AnyEndpoint;

  constructor(parts: Parts, endpoint: AnyEndpoint) {
    this.#parts = parts;
    this.#endpoint = endpoint;
  }

  get #local(): string {
    return formatAddress(this.#endpoint.address);
  }

  persist(call: Call): PersistedCall {
    // XState's types of an actor's machine do not compare.
    return persistedCall(call as unknown as CallActor, this.#local, this.#parts.engine.clock);
  }

  restore(persisted: unknown, terms: RestoreTerms): Call {
    return this.#restore(persisted, terms) as unknown as Call;
  }

  #restore(persisted: unknown, { procedure, contract, signal }: RestoreTerms): CallActor {
    const { caller, engine, peers, vantage } = this.#parts;
    if (peers.closed) throw new EndpointClosedError();
    const call = readPersistedCall(persisted, procedure);
    const contracted = contract?.procedure(procedure);
    if (contract !== undefined && contracted === undefined) {
      throw RestoreError.ofDamage(procedure, 'the contract has no such procedure');
    }
    const idempotent = contracted?.idempotent === true;
    const restoration = restorationOf(call, this.#local, idempotent, engine.clock);
    const address = reachable(parseAddress(call.peer), vantage);
    const held = peers.hold(address);
    const peer = held.living();
    if (address.kind === 'name' && idempotent && restoration.plan === 'ask') {
      // It waited for its name, so nobody knows where it was sent, if it was. It may run twice.
      const { maxAttempts, traceparent } = call;
      const { remainingMs: timeoutMs } = restoration;
      const options = { timeoutMs, attempts: maxAttempts, traceparent, signal };
      return caller.call(peer, procedure, call.args, { options, contracted, name: held.name });
    }
    if (call.native === true) peer.recall(true);
    const plan = address.kind === 'name' ? 'end' : restoration.plan;
    return caller.restore(peer, call, { ...restoration, plan }, { contracted, signal });
  }
}

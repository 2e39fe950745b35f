/** Kept calls: persists the calls of an endpoint, and restores those of an earlier process. */
import { formatAddress } from '../address/address.js';
import type { Call } from '../api/call.js';
import { RestoreError } from '../api/restore-error.js';
import type { CallKeeper, RestoreTerms } from '../call/call-keeper.js';
import type { CallActor } from '../call/call.js';
import type { ParentRequest } from '../call/parent-request.js';
import { persistedCall, readPersistedCall } from '../call/persisted-call.js';
import type { PersistedCall } from '../call/persisted-call.js';
import { restorationOf } from '../call/restoration.js';
import { holdPeer } from './hold-peer.js';
import type { Parts } from './parts.js';

export class KeptCalls implements CallKeeper {
  readonly #parts: Parts;
  /** The request to which restored calls belong, if a procedure restores them. */
  readonly #parent: ParentRequest | undefined;

  constructor(parts: Parts, parent: ParentRequest | undefined) {
    this.#parts = parts;
    this.#parent = parent;
  }

  get #local(): string {
    return formatAddress(this.#parts.vantage.address);
  }

  persist(call: Call): PersistedCall {
    // XState's types of an actor's machine do not compare.
    return persistedCall(call as unknown as CallActor, this.#local, this.#parts.engine.clock);
  }

  restore(persisted: unknown, terms: RestoreTerms): Call {
    return this.#restore(persisted, terms) as unknown as Call;
  }

  #restore(persisted: unknown, { procedure, contract, signal }: RestoreTerms): CallActor {
    const { caller, engine } = this.#parts;
    const parent = this.#parent;
    const call = readPersistedCall(persisted, procedure);
    const contracted = contract?.procedure(procedure);
    if (contract !== undefined && contracted === undefined) {
      throw RestoreError.ofDamage(procedure, 'the contract has no such procedure');
    }
    const idempotent = contracted?.idempotent === true;
    const restoration = restorationOf(call, this.#local, idempotent, engine.clock);
    const held = holdPeer(this.#parts, parent, call.peer);
    const { name } = held;
    const peer = held.living();
    if (name !== undefined && idempotent && restoration.plan === 'ask') {
      // It waited for its name, so nobody knows where it was sent, if it was. It may run twice.
      const { maxAttempts, traceparent, headers } = call;
      const { remainingMs: timeoutMs } = restoration;
      const options = { timeoutMs, attempts: maxAttempts, traceparent, headers, signal };
      return caller.make(peer, procedure, call.args, options, { contracted, name, parent });
    }
    if (call.native === true) peer.recall(true);
    const plan = name === undefined ? restoration.plan : 'end';
    return caller.restore(peer, call, { ...restoration, plan }, { contracted, signal, parent });
  }
}

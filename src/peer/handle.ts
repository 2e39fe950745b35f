/** What users hold of a peer. Handles are cheap: they find their actor anew when that was forgotten. */
import type { Subscription } from 'xstate';
import type { CallCommand } from '../api/call-command.js';
import type { CallReport } from '../api/call-report.js';
import type { Call } from '../api/call.js';
import type { PeerHealth } from '../api/health.js';
import type { CallParameters, Peer, PeerReport, Remote } from '../api/peer.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName, ResultOf } from '../api/procedures.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { ContractError } from '../contract/errors.js';
import type { PeerActor } from './actor.js';

/** The actor behind a handle: an idle one is forgotten when its place is needed. */
export interface HeldActor {
  /** The actor as it was last seen, perhaps forgotten. */
  last(): PeerActor;
  /** The actor, anew when it was forgotten. Throws TooManyPeersError. */
  living(): PeerActor;
}

/**
 * One remote address. Handles are cheap: all that `endpoint.peer` gives for one address stand for the
 * same actor, with one mailbox, one window and one health.
 */
export class PeerHandle<Api = AnyProcedures> implements Peer<Api> {
  readonly remote: Remote<Api>;

  readonly #actor: HeldActor;
  readonly #contract: AnyContract | undefined;

  constructor(actor: HeldActor, contract?: AnyContract) {
    this.#actor = actor;
    this.#contract = contract;
    this.remote = remoteOf(this);
  }

  get address(): string {
    return this.#actor.last().address;
  }

  get health(): PeerHealth {
    return this.#actor.last().health;
  }

  get queued(): number {
    return this.#actor.last().queued;
  }

  get inFlight(): number {
    return this.#actor.last().inFlight;
  }

  get inWindow(): number {
    return this.#actor.last().inWindow;
  }

  get window(): number {
    return this.#actor.last().windowLimit;
  }

  get roundTripMs(): number | undefined {
    return this.#actor.last().roundTripMs;
  }

  get native(): boolean {
    return this.#actor.last().native;
  }

  call<P extends ProcedureName<Api>>(
    procedure: P,
    ...[args, options]: CallParameters<ArgumentsOf<Api[P]>>
  ): Call<ResultOf<Api[P]>> {
    const terms = { options, contracted: this.#contractedProcedure(procedure) };
    return this.#actor.living().call(procedure, args ?? [], terms) as Call<ResultOf<Api[P]>>;
  }

  #contractedProcedure(name: string): ContractedProcedure | undefined {
    const contracted = this.#contract?.procedure(name);
    if (contracted === undefined && this.#contract !== undefined) {
      throw new ContractError(name, 'does not exist: the contract knows no such procedure');
    }
    return contracted;
  }

  send(command: CallCommand<Api>): void {
    requireCommand(command);
    try {
      this.#actor.living().commands.take(command, this.#contractedProcedure(command.procedure));
    } catch (error) {
      this.#actor.last().commands.refuse(command, error);
    }
  }

  on<Type extends PeerReport<Api>['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? PeerReport<Api> : Extract<PeerReport<Api>, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.#actor.living().reports.on(type, listener as (report: CallReport) => void);
  }
}

function remoteOf<Api>(peer: PeerHandle<Api>): Remote<Api> {
  return new Proxy(Object.create(null) as Remote<Api>, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' && name !== 'toJSON'
        ? (...args: unknown[]) => (peer as unknown as PeerHandle).call(name, args)
        : undefined,
  });
}

function requireCommand(command: unknown): void {
  const type = typeof command === 'object' && command !== null && 'type' in command && command.type;
  if (type !== 'call') {
    throw new TypeError("A peer takes one command: { type: 'call', procedure, args }");
  }
}

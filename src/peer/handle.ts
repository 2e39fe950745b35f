/** Peer handle: the object that users hold for a peer. It replaces an actor that was forgotten. */
import type { EventObject, Subscription } from 'xstate';
import { actForSender } from '../actor/acting.js';
import type { CallCommand } from '../api/call-command.js';
import type { Call } from '../api/call.js';
import type { Notification } from '../api/notification.js';
import { UNCALLED_NAMES } from '../api/peer.js';
import type { CallParameters, NotifyParameters, Peer, PeerReport, Remote } from '../api/peer.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName, ResultOf } from '../api/procedures.js';
import type { ParentRequest } from '../call/parent-request.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { ContractError } from '../contract/errors.js';
import { encodeMessage } from '../notification/notifier.js';
import type { Addressee } from './addressee.js';
import type { HeldActor } from './held-actor.js';
import { PeerRef } from './peer-ref.js';

const READY = Promise.resolve();

export class PeerHandle<Api = AnyProcedures> extends PeerRef implements Peer<Api> {
  readonly remote: Remote<Api>;

  readonly #contract: AnyContract | undefined;
  /** The request to which its calls belong, if a procedure got the handle through its scope. */
  readonly #parent: ParentRequest | undefined;

  constructor(actor: HeldActor, contract?: AnyContract, parent?: ParentRequest) {
    super(actor);
    this.#contract = contract;
    this.#parent = parent;
    this.remote = remoteOf(this);
  }

  async ready(): Promise<void> {
    let actor;
    do {
      actor = this.actor.last();
      await actor.ready();
      // In the meantime another peer may have taken over the name.
    } while (actor !== this.actor.last());
  }

  call<P extends ProcedureName<Api>>(
    procedure: P,
    ...[args, options]: CallParameters<ArgumentsOf<Api[P]>>
  ): Call<ResultOf<Api[P]>> {
    const contracted = this.#contractedProcedure(procedure);
    const actor = this.actor.living();
    const terms = { options, contracted, name: this.actor.name, parent: this.#parent };
    const call = actor.call(procedure, args ?? [], terms);
    // XState's types of an actor's machine do not compare.
    return call as unknown as Call<ResultOf<Api[P]>>;
  }

  notify<P extends ProcedureName<Api>>(
    procedure: P,
    ...[args, options]: NotifyParameters<ArgumentsOf<Api[P]>>
  ): Notification {
    const contracted = this.#contractedProcedure(procedure);
    const message = encodeMessage(procedure, args ?? [], options, contracted);
    return this.actor.living().notify(message, this.#parent);
  }

  readyToNotify(): Promise<void> {
    // Asked for before each of many notifications, most of which have room.
    return this.actor.last().mayNotify ? READY : this.#roomToNotify();
  }

  async #roomToNotify(): Promise<void> {
    let actor;
    // When the name turns out to be a known peer, that one may have no room.
    do {
      actor = this.actor.last();
      await actor.readyToNotify();
    } while (actor !== this.actor.last());
  }

  /** How a broadcast of this procedure reaches the peer. @throws ContractError */
  addressee(procedure: string): Addressee {
    const contracted = this.#contractedProcedure(procedure);
    return { actor: this.actor, contracted, parent: this.#parent };
  }

  #contractedProcedure(name: string): ContractedProcedure | undefined {
    const contracted = this.#contract?.procedure(name);
    if (contracted === undefined && this.#contract !== undefined) {
      throw new ContractError(name, 'does not exist: the contract has no such procedure');
    }
    return contracted;
  }

  send(command: CallCommand<Api>): void {
    requireCommand(command);
    try {
      const actor = this.actor.living();
      const contracted = this.#contractedProcedure(command.procedure);
      actor.command(command, { contracted, name: this.actor.name, parent: this.#parent });
    } catch (error) {
      this.actor.last().refuseCommand(command, error, this.actor.name);
    }
  }

  /** XState's actor systems deliver here (`sendTo`, `forwardTo`). Other events are not for a peer. */
  _send(event: EventObject): void {
    if (event.type !== 'call') return;
    actForSender(event, () => {
      this.send(event as EventObject & CallCommand<Api>);
    });
  }

  on<Type extends PeerReport<Api>['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? PeerReport<Api> : Extract<PeerReport<Api>, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.actor.reports().on(type, listener as (report: PeerReport) => void);
  }
}

const UNCALLED: ReadonlySet<unknown> = new Set(UNCALLED_NAMES);

function remoteOf<Api>(peer: PeerHandle<Api>): Remote<Api> {
  return new Proxy(Object.create(null) as Remote<Api>, {
    get: (_target, name) =>
      typeof name === 'string' && !UNCALLED.has(name)
        ? (...args: unknown[]) => (peer as unknown as PeerHandle).call(name, args)
        : undefined,
  });
}

function requireCommand(command: unknown): void {
  const type = typeof command === 'object' && command !== null && 'type' in command && command.type;
  if (type !== 'call') {
    throw new TypeError("A peer takes only the command { type: 'call', procedure, args }");
  }
}

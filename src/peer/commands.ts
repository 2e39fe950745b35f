/** Calls that are asked for by event: the peer's machine passes each command on, unless it has ended. */
import type { AnyActorRef } from 'xstate';
import type { CallCommand } from '../api/call-command.js';
import type { CallActor } from '../call/call.js';
import type { Caller } from '../call/caller.js';
import type { CallOwner } from '../call/owner.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';

/** The peer that is told to call. */
export interface Commanded extends CallOwner<CallActor> {
  readonly ref: AnyActorRef;
  readonly forgotten: boolean;
}

export class Commands {
  readonly #caller: Caller;
  readonly #peer: Commanded;
  /** The contracts of commands on their way through the machine. Made for the first. */
  #contracted: WeakMap<CallCommand, ContractedProcedure> | undefined;

  constructor(caller: Caller, peer: Commanded) {
    this.#caller = caller;
    this.#peer = peer;
  }

  /** Takes a command; the machine passes it on to `obey`, unless the actor has ended. */
  take(command: CallCommand, contracted: ContractedProcedure | undefined): void {
    if (contracted !== undefined) (this.#contracted ??= new WeakMap()).set(command, contracted);
    if (this.#peer.forgotten) this.obey(command);
    else this.#peer.ref.send(command);
  }

  /** Makes the call: whatever is wrong with it becomes its outcome. */
  obey(command: CallCommand): void {
    const { type: _type, procedure, args = [], replyTo, ...options } = command;
    const contracted = this.#contracted?.get(command);
    this.#contracted?.delete(command);
    try {
      this.#caller.call(this.#peer, procedure, args, { options, replyTo, contracted });
    } catch (error) {
      this.refuse(command, error);
    }
  }

  /** Answers a command that cannot be carried out. */
  refuse(command: CallCommand, error: unknown): void {
    this.#caller.refuse(this.#peer, command, error);
  }
}

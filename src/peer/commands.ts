/** Commands: makes the calls that are requested by events. */
import type { AnyActorRef } from 'xstate';
import type { CallCommand } from '../api/call-command.js';
import type { CallActor } from '../call/call.js';
import type { Caller } from '../call/caller.js';
import type { CallOwner } from '../call/owner.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';

export interface Commanded extends CallOwner<CallActor> {
  readonly ref: AnyActorRef;
  readonly forgotten: boolean;
}

export class Commands {
  readonly #caller: Caller;
  readonly #peer: Commanded;
  /** The contracts of the commands that pass through the machine. Created on demand. */
  #contracted: WeakMap<CallCommand, ContractedProcedure> | undefined;

  constructor(caller: Caller, peer: Commanded) {
    this.#caller = caller;
    this.#peer = peer;
  }

  /**
   * Takes a command. It passes through the peer's machine to `obey`, so that inspectors see it. If
   * the actor has ended, it goes to `obey` directly.
   */
  take(command: CallCommand, contracted: ContractedProcedure | undefined): void {
    if (contracted !== undefined) (this.#contracted ??= new WeakMap()).set(command, contracted);
    if (this.#peer.forgotten) this.obey(command);
    else this.#peer.ref.send(command);
  }

  /** Makes the call. Mistakes in it become its outcome. */
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

  /** Reports a command that cannot be carried out as a call with this error. */
  refuse(command: CallCommand, error: unknown): void {
    this.#caller.refuse(this.#peer, command, error);
  }
}

/** Commands: makes the calls that are requested by events. All peers of an endpoint share one. */
import type { AnyActorRef } from 'xstate';
import type { CallCommand } from '../api/call-command.js';
import type { CallActor } from '../call/call.js';
import type { Caller } from '../call/caller.js';
import type { CallOwner } from '../call/owner.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';

/** A peer that takes commands. */
export interface Commanded extends CallOwner<CallActor> {
  readonly ref: AnyActorRef;
  readonly forgotten: boolean;
}

export class Commands {
  readonly #caller: Caller;
  /** The contracts of the commands that pass through a peer's machine at present. */
  readonly #contracted = new WeakMap<CallCommand, ContractedProcedure>();

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * Takes a command. It passes through the peer's machine to `obey`, so that inspectors see it. If
   * the actor has ended, it goes to `obey` directly.
   */
  take(peer: Commanded, command: CallCommand, contracted: ContractedProcedure | undefined): void {
    if (contracted !== undefined) this.#contracted.set(command, contracted);
    if (peer.forgotten) this.obey(peer, command);
    else peer.ref.send(command);
  }

  /** Makes the call. Mistakes in it become its outcome. */
  obey(peer: Commanded, command: CallCommand): void {
    const { type: _type, procedure, args = [], replyTo, ...options } = command;
    const contracted = this.#contracted.get(command);
    this.#contracted.delete(command);
    try {
      this.#caller.call(peer, procedure, args, { options, replyTo, contracted });
    } catch (error) {
      this.refuse(peer, command, error);
    }
  }

  /** Reports a command that cannot be carried out as a call with this error. */
  refuse(peer: Commanded, command: CallCommand, error: unknown): void {
    this.#caller.refuse(peer, command, error);
  }
}

/** Commands: makes the calls that are requested by events. All peers of an endpoint share one. */
import type { AnyActorRef } from 'xstate';
import type { CallCommand } from '../api/call-command.js';
import type { CallReport } from '../api/call-report.js';
import type { CallActor } from '../call/call.js';
import type { Caller } from '../call/caller.js';
import type { CallTerms } from '../call/terms.js';
import type { CallOwner } from '../call/owner.js';
import { inThisContext } from '../time/async-context.js';

/** What a call takes from the handle that got its command. */
export type CommandTerms = Pick<CallTerms, 'contracted' | 'name' | 'parent'>;

/** A peer that takes commands. */
export interface Commanded extends CallOwner<CallActor> {
  readonly ref: AnyActorRef;
  readonly forgotten: boolean;
}

export class Commands {
  readonly #caller: Caller;
  /** The terms of the commands that pass through a peer's machine at present. Made for the first. */
  #terms: WeakMap<CallCommand, CommandTerms> | undefined;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /**
   * Takes a command. It passes through the peer's machine to `obey`, so that inspectors see it. If
   * the actor has ended, it goes to `obey` directly.
   */
  take(peer: Commanded, command: CallCommand, terms: CommandTerms): void {
    const { contracted, name, parent } = terms;
    const hasTerms = contracted !== undefined || name !== undefined || parent !== undefined;
    if (hasTerms) (this.#terms ??= new WeakMap()).set(command, terms);
    if (peer.forgotten) this.obey(peer, command);
    else peer.ref.send(command);
  }

  /** Makes the call. Mistakes in it become its outcome. */
  obey(peer: Commanded, command: CallCommand): void {
    const { type: _type, procedure, args = [], replyTo, ...options } = command;
    const terms = this.#terms?.get(command);
    const sender = replyTo && { send: inThisContext((report: CallReport) => replyTo.send(report)) };
    this.#terms?.delete(command);
    try {
      this.#caller.call(peer, procedure, args, { ...terms, options, replyTo: sender });
    } catch (error) {
      this.refuse(peer, command, error, terms?.name);
    }
  }

  /** Reports a command that cannot be carried out as a call with this error. */
  refuse(peer: Commanded, command: CallCommand, error: unknown, name: CommandTerms['name']): void {
    this.#caller.refuse(peer, command, error, name);
  }
}

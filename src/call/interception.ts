/** Interception: one call on its way through the interceptors. */
import type { CallCommand } from '../api/call-command.js';
import type { CallOptions } from '../api/call-options.js';
import type { CallActor } from './call.js';
import type { CalledName } from './called-name.js';
import type { CallOwner } from './owner.js';
import type { CallTerms } from './terms.js';

/** The members of the caller that make what interceptors decide on. */
interface Maker {
  /** Makes the call. Throws for mistakes in it. */
  make(
    peer: CallOwner<CallActor>,
    procedure: string,
    args: readonly unknown[],
    options: CallOptions | undefined,
    terms: CallTerms,
  ): CallActor;
  /** Makes a call that is `unsent`, with this error. */
  refuse(
    peer: CallOwner<CallActor>,
    command: CallCommand,
    error: unknown,
    name: CalledName<CallActor> | undefined,
  ): CallActor;
}

export class Interception {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The address of the peer. */
  readonly peer: string;
  /** Whether the caller has got its call. */
  over = false;
  readonly #maker: Maker;
  readonly #peer: CallOwner<CallActor>;
  readonly #terms: CallTerms;
  #thrown: { readonly error: unknown } | undefined;

  constructor(
    maker: Maker,
    peer: CallOwner<CallActor>,
    procedure: string,
    args: readonly unknown[],
    terms: CallTerms,
  ) {
    this.procedure = procedure;
    this.args = args;
    this.peer = peer.address;
    this.#maker = maker;
    this.#peer = peer;
    this.#terms = terms;
  }

  /** Makes the call. Throws for mistakes in it. */
  make(options: CallOptions | undefined): CallActor {
    try {
      return this.#maker.make(this.#peer, this.procedure, this.args, options, this.#terms);
    } catch (error) {
      this.#thrown = { error };
      throw error;
    }
  }

  /** Whether this error is that of a mistake in the call. */
  threw(error: unknown): boolean {
    return this.#thrown !== undefined && this.#thrown.error === error;
  }

  /** Makes a call that is `unsent`, with this error. */
  refuse({ reference }: CallOptions, error: unknown): CallActor {
    const { procedure, args } = this;
    const { name, replyTo } = this.#terms;
    const command: CallCommand = { type: 'call', procedure, args, replyTo, reference };
    return this.#maker.refuse(this.#peer, command, error, name);
  }
}

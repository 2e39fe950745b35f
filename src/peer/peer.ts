/** A peer, as users hold it: typed by the procedures it offers. */
import type { Subscription } from 'xstate';
import type { Call } from '../call/call.js';
import type { CallOptions } from '../call/options.js';
import type { CallReport } from '../call/report.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { ContractError } from '../contract/errors.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName, ResultOf } from '../handler/procedures.js';
import type { PeerActor } from './actor.js';
import type { CallCommand } from './command.js';
import type { PeerHealth } from './health.js';

/** What a peer's calls report, procedure by procedure. */
export type PeerReport<Api = AnyProcedures> = {
  [P in ProcedureName<Api>]: CallReport<P, ResultOf<Api[P]>>;
}[ProcedureName<Api>];

/** The arguments may be left out where the procedure takes none, or may take none. */
type CallParameters<Args> = Args extends readonly []
  ? [args?: Args, options?: CallOptions]
  : [] extends Args
    ? [args?: Args, options?: CallOptions]
    : [args: Args, options?: CallOptions];

/** The procedures of a peer as methods: `peer.remote.sayhi('Snake')`. */
export type Remote<Api> = {
  readonly [P in ProcedureName<Api>]: (...args: ArgumentsOf<Api[P]>) => Call<ResultOf<Api[P]>>;
};

/** The actor behind a handle: an idle one is forgotten when its place is needed. */
export interface PeerHandle {
  /** The actor as it was last seen, perhaps forgotten. */
  last(): PeerActor;
  /** The actor, anew when it was forgotten. Throws TooManyPeersError. */
  living(): PeerActor;
}

/**
 * One remote address. Handles are cheap: all that `endpoint.peer` gives for one address stand for the
 * same actor, with one mailbox, one window and one health.
 */
export class Peer<Api = AnyProcedures> {
  /**
   * The peer's procedures as methods, with the endpoint's default options. `then` and `toJSON`
   * are not among them, so that the stub can be awaited or serialised by mistake without a call being
   * made; call a procedure of that name with `call`.
   */
  readonly remote: Remote<Api>;

  readonly #actor: PeerHandle;
  readonly #contract: AnyContract | undefined;

  /** @internal */
  constructor(actor: PeerHandle, contract?: AnyContract) {
    this.#actor = actor;
    this.#contract = contract;
    this.remote = remoteOf(this);
  }

  /** The canonical address, or `name:port` while a host name is being looked up. */
  get address(): string {
    return this.#actor.last().address;
  }

  /** What is known of the peer, on evidence alone. */
  get health(): PeerHealth {
    return this.#actor.last().health;
  }

  /** Calls that wait in the mailbox for the window. */
  get queued(): number {
    return this.#actor.last().queued;
  }

  /** Calls that were sent and have no outcome yet. */
  get inFlight(): number {
    return this.#actor.last().inFlight;
  }

  /**
   * Calls that have a place in the window: those in flight whose answer is not overdue, and which the peer
   * does not say to be at work on.
   */
  get inWindow(): number {
    return this.#actor.last().inWindow;
  }

  /** How many calls may be in the window, for now: `initialWindow` at first, then 1 to `window`. */
  get window(): number {
    return this.#actor.last().windowLimit;
  }

  /** The smoothed round-trip time of its calls, in milliseconds; undefined when nothing is known. */
  get roundTripMs(): number | undefined {
    return this.#actor.last().roundTripMs;
  }

  /** Whether its last answer came from an rpcudp endpoint, which knows more than rpcudp 5.x has. */
  get native(): boolean {
    return this.#actor.last().native;
  }

  /**
   * Calls a procedure. What the network does to the call is its outcome, never an exception.
   *
   * @throws RequestTooLargeError, UnencodableError, InvalidArgumentsError, OptionError,
   * EndpointClosedError, TooManyPeersError: mistakes of the caller, at the caller's line.
   */
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

  /**
   * Makes a call by event; its reports come back to the peer's listeners and to `replyTo`. What is
   * wrong with the call becomes its outcome.
   *
   * @throws TypeError for what is no command at all.
   */
  send(command: CallCommand<Api>): void {
    requireCommand(command);
    try {
      this.#actor.living().command(command, this.#contractedProcedure(command.procedure));
    } catch (error) {
      this.#actor.last().refuse(command, error);
    }
  }

  /** Hears the reports of all calls to this peer: `call.resolved`, `call.late`, …, or '*' for all. */
  on<Type extends PeerReport<Api>['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? PeerReport<Api> : Extract<PeerReport<Api>, { type: Type }>,
    ) => void,
  ): Subscription {
    return this.#actor.living().reports.on(type, listener as (report: CallReport) => void);
  }
}

function remoteOf<Api>(peer: Peer<Api>): Remote<Api> {
  return new Proxy(Object.create(null) as Remote<Api>, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' && name !== 'toJSON'
        ? (...args: unknown[]) => (peer as unknown as Peer).call(name, args)
        : undefined,
  });
}

function requireCommand(command: unknown): void {
  const type = typeof command === 'object' && command !== null && 'type' in command && command.type;
  if (type !== 'call') {
    throw new TypeError("A peer takes one command: { type: 'call', procedure, args }");
  }
}

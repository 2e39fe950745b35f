/** A peer, as users hold it: typed by the procedures it offers. */
import type { Subscription } from 'xstate';
import type { Call } from './call.js';
import type { CallCommand } from './call-command.js';
import type { CallOptions } from './call-options.js';
import type { CallReport } from './call-report.js';
import type { PeerHealth } from './health.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName, ResultOf } from './procedures.js';

/** What a peer's calls report, procedure by procedure. */
export type PeerReport<Api = AnyProcedures> = {
  [P in ProcedureName<Api>]: CallReport<P, ResultOf<Api[P]>>;
}[ProcedureName<Api>];

/** The arguments may be left out where the procedure takes none, or may take none. */
export type CallParameters<Args> = Args extends readonly []
  ? [args?: Args, options?: CallOptions]
  : [] extends Args
    ? [args?: Args, options?: CallOptions]
    : [args: Args, options?: CallOptions];

/** The procedures of a peer as methods: `peer.remote.sayhi('Snake')`. */
export type Remote<Api> = {
  readonly [P in ProcedureName<Api>]: (...args: ArgumentsOf<Api[P]>) => Call<ResultOf<Api[P]>>;
};

/**
 * One remote address. Handles are cheap: all that `endpoint.peer` gives for one address stand for the
 * same actor, with one mailbox, one window and one health.
 */
export interface Peer<Api = AnyProcedures> {
  /**
   * The peer's procedures as methods, with the endpoint's default options. `then` and `toJSON`
   * are not among them, so that the stub can be awaited or serialised by mistake without a call being
   * made; call a procedure of that name with `call`.
   */
  readonly remote: Remote<Api>;

  /** The canonical address, or `name:port` while a host name is being looked up. */
  readonly address: string;

  /** What is known of the peer, on evidence alone. */
  readonly health: PeerHealth;

  /** Calls that wait in the mailbox for the window. */
  readonly queued: number;

  /** Calls that were sent and have no outcome yet. */
  readonly inFlight: number;

  /**
   * Calls that have a place in the window: those in flight whose answer is not overdue, and which the peer
   * does not say to be at work on.
   */
  readonly inWindow: number;

  /** How many calls may be in the window, for now: `initialWindow` at first, then 1 to `window`. */
  readonly window: number;

  /** The smoothed round-trip time of its calls, in milliseconds; undefined when nothing is known. */
  readonly roundTripMs: number | undefined;

  /** Whether its last answer came from an rpcudp endpoint, which knows more than rpcudp 5.x has. */
  readonly native: boolean;

  /**
   * Calls a procedure. What the network does to the call is its outcome, never an exception.
   *
   * @throws RequestTooLargeError, UnencodableError, InvalidArgumentsError, OptionError,
   * EndpointClosedError, TooManyPeersError: mistakes of the caller, at the caller's line.
   */
  call<P extends ProcedureName<Api>>(
    procedure: P,
    ...rest: CallParameters<ArgumentsOf<Api[P]>>
  ): Call<ResultOf<Api[P]>>;

  /**
   * Makes a call by event; its reports come back to the peer's listeners and to `replyTo`. What is
   * wrong with the call becomes its outcome.
   *
   * @throws TypeError for what is no command at all.
   */
  send(command: CallCommand<Api>): void;

  /** Hears the reports of all calls to this peer: `call.resolved`, `call.late`, …, or '*' for all. */
  on<Type extends PeerReport<Api>['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? PeerReport<Api> : Extract<PeerReport<Api>, { type: Type }>,
    ) => void,
  ): Subscription;
}

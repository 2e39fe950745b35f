/** Peer: the interface of a remote address, for users, typed by the procedures that it offers. */
import type { ActorRef, EventObject, Subscription } from 'xstate';
import type { Call } from './call.js';
import type { CallCommand } from './call-command.js';
import type { CallOptions } from './call-options.js';
import type { CallReport } from './call-report.js';
import type { HealthReport } from './health-report.js';
import type { Notification } from './notification.js';
import type { NotifyOptions } from './notify-options.js';
import type { PeerSnapshot, PeerState } from './peer-snapshot.js';
import type { AnyProcedures, ArgumentsOf, ProcedureName, ResultOf } from './procedures.js';

/** The reports of a peer: of its health, and of its calls, typed by procedure. */
export type PeerReport<Api = AnyProcedures> =
  | HealthReport
  | {
      [P in ProcedureName<Api>]: CallReport<P, ResultOf<Api[P]>>;
    }[ProcedureName<Api>];

/** The parameters of a call. `args` is optional if the procedure needs no arguments. */
export type CallParameters<Args> = Args extends readonly []
  ? [args?: Args, options?: CallOptions]
  : [] extends Args
    ? [args?: Args, options?: CallOptions]
    : [args: Args, options?: CallOptions];

/** The parameters of a notification, likewise. */
export type NotifyParameters<Args> = Args extends readonly []
  ? [args?: Args, options?: NotifyOptions]
  : [] extends Args
    ? [args?: Args, options?: NotifyOptions]
    : [args: Args, options?: NotifyOptions];

/**
 * The names that the language, debuggers and test runners ask an object for: to await it, to turn it
 * into text, to look at it. A stub does not call procedures by them.
 */
export const UNCALLED_NAMES = [
  ...(['then', 'toJSON', 'toString', 'toLocaleString', 'valueOf', 'constructor'] as const),
  ...(['inspect', 'nodeType', 'asymmetricMatch', '$$typeof'] as const),
] as const;

type UncalledName = (typeof UNCALLED_NAMES)[number];

/** The procedures of a peer as methods: `peer.remote.sayhi('Snake')`. */
export type Remote<Api> = {
  readonly [P in Exclude<ProcedureName<Api>, UncalledName>]: (
    ...args: ArgumentsOf<Api[P]>
  ) => Call<ResultOf<Api[P]>>;
};

/** What a peer has of XState's actor refs as it is. `send` and `on` are typed by the procedures. */
type PeerRef = Omit<ActorRef<PeerSnapshot, EventObject>, 'send' | 'on' | 'stop'>;

/**
 * One remote address, or the address that a host name has at present. Handles are cheap: all
 * handles that `endpoint.peer` gives for one address use the same actor, with one mailbox, one
 * window and one health. A handle by name follows its name from address to address.
 *
 * A peer is an XState actor ref, usable with `waitFor`, `useSelector` and `sendTo`, and in a
 * machine's context. Observers get a snapshot whenever something that the peer shows has changed,
 * one for all changes that were made together. It is done when its endpoint has closed. While it
 * has observers or listeners, it is not forgotten to make room for others.
 */
export interface Peer<Api = AnyProcedures> extends PeerRef, PeerState {
  /**
   * The peer's procedures as methods, with the endpoint's default options. Left out are the names
   * that the language itself asks an object for, such as `then`, `toJSON` and `toString`, so that
   * no call is made when the stub is awaited, printed or compared. `call` takes these names, too.
   */
  readonly remote: Remote<Api>;

  /**
   * Resolves when a call would be sent at once, because the window has room and no call waits. Who
   * awaits it before each call never fills the mailbox. It resolves when the endpoint closes, too.
   */
  ready(): Promise<void>;

  /**
   * Calls a procedure. Problems of the network become the call's outcome, never an exception.
   *
   * @throws RequestTooLargeError, UnencodableError, InvalidArgumentsError, OptionError,
   * EndpointClosedError, TooManyPeersError: mistakes of the caller, thrown where the call is made.
   */
  call<P extends ProcedureName<Api>>(
    procedure: P,
    ...rest: CallParameters<ArgumentsOf<Api[P]>>
  ): Call<ResultOf<Api[P]>>;

  /**
   * Notifies the peer: it runs the procedure and answers nothing. The notification is sent once,
   * and nothing tells whether it arrived; if it does, the procedure runs at most once. It is dropped
   * at once when as much is on its way as may be, unless it has a key (`latest`): then it waits, and
   * a newer one with the same key replaces it. Problems of the network never throw.
   *
   * @throws RequestTooLargeError, UnencodableError, InvalidArgumentsError, OptionError,
   * EndpointClosedError, TooManyPeersError: mistakes of the caller, as with `call`.
   */
  notify<P extends ProcedureName<Api>>(
    procedure: P,
    ...rest: NotifyParameters<ArgumentsOf<Api[P]>>
  ): Notification;

  /**
   * Resolves when a notification would be sent. Who awaits it before each, or before some of them,
   * notifies as fast as may be, and few or none are dropped. It resolves when the endpoint closes,
   * too.
   */
  readyToNotify(): Promise<void>;

  /**
   * Makes a call by an event. Its reports go to the peer's listeners and to `replyTo`. Mistakes in
   * the call become its outcome.
   *
   * @throws TypeError for an event that is not a call command.
   */
  send(command: CallCommand<Api>): void;

  /**
   * Adds a listener for one type of report of this peer's calls (`call.resolved`, `call.late`, …)
   * or of its health (`peer.responsive`, `peer.suspect`, `peer.silent`), or for all types with
   * `'*'`. By address it hears of all calls to that address, and by name of all calls that are made
   * by that name, and of the health of the address that the name has at present.
   *
   * @throws TooManyPeersError when the peer was forgotten, and all others are in use.
   */
  on<Type extends PeerReport<Api>['type'] | '*'>(
    type: Type,
    listener: (
      report: Type extends '*' ? PeerReport<Api> : Extract<PeerReport<Api>, { type: Type }>,
    ) => void,
  ): Subscription;
  /**
   * Not supported: a peer ends with its endpoint.
   *
   * @throws Error always, as XState does for every actor that is not a root actor.
   */
  stop(): never;
}

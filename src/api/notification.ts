/** Notification: the interface of one notification, for users. */
import type { ActorRef, AnyStateMachine } from 'xstate';
import type { NotificationReport } from './notification-report.js';
import type { NotificationEvent, NotificationSnapshot } from './notification-snapshot.js';

/**
 * One notification: a request that nobody answers. It is an XState actor ref (`subscribe`, `on`,
 * `getSnapshot`, usable with `toPromise` and `waitFor`), and no promise: there is no answer to
 * await. It ends when the system has taken its datagram, when a newer one took its place, or when
 * it was dropped; `getSnapshot().output` says which. What became of it at the peer is not known.
 */
export interface Notification extends ActorRef<
  NotificationSnapshot,
  NotificationEvent,
  NotificationReport
> {
  /** A readable name, such as `notification moved 3f9a`. */
  readonly id: string;

  /** 40 hexadecimal digits, the same at both ends. */
  readonly transactionId: string;

  /** The name of the current state: `queued`, `sent`, `replaced` or `dropped`. */
  readonly state: string;

  /** True once it has ended. */
  readonly done: boolean;

  /** The XState machine of the notification, from which a chart can be drawn. */
  readonly logic: AnyStateMachine;

  /**
   * Not supported: a notification ends by itself.
   *
   * @throws Error always, as XState does for every actor that is not a root actor.
   */
  stop(): never;
}

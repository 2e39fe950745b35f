/** Notification snapshot: input, context and events. `notification/machine.ts` has the chart. */
import type { AnyActorRef, MachineSnapshot, MetaObject, StateSchema } from 'xstate';
import type { NotificationDrop, NotificationState } from './notification-state.js';

/** The input of a notification. */
export interface NotificationInput {
  readonly procedure: string;
  readonly args: readonly unknown[];
  /** The peer's canonical address, or its host name while that is being looked up. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  /** The key that its caller gave. */
  readonly latest: string | number | undefined;
}

/** How a notification ended. */
export type NotificationEnd =
  | { readonly state: 'sent' }
  | {
      readonly state: 'replaced';
      /** The transaction id of the one that took its place. */
      readonly by: string;
    }
  | {
      readonly state: 'dropped';
      readonly reason: NotificationDrop;
      /** What the system or the look-up said. */
      readonly error: Error | undefined;
    };

/** The state of a notification beside the name of its current state. */
export interface NotificationContext extends NotificationInput {
  readonly end: NotificationEnd | undefined;
}

/** Its name was looked up, and belongs to a peer that is known by its address. */
export type NotificationMoved = { readonly type: 'moved'; readonly peer: string };
type NotificationTransmitted = { readonly type: 'transmitted' };
export type NotificationReplaced = { readonly type: 'replaced'; readonly by: string };
export type NotificationDropped = {
  readonly type: 'dropped';
  readonly reason: NotificationDrop;
  readonly error?: Error | undefined;
};

/** The events of a notification. Peer and socket send them; its caller sends none. */
export type NotificationEvent =
  NotificationMoved | NotificationTransmitted | NotificationReplaced | NotificationDropped;

/** A notification's snapshot in XState's form. */
export type NotificationSnapshot = MachineSnapshot<
  NotificationContext,
  NotificationEvent,
  Record<string, AnyActorRef | undefined>,
  NotificationState,
  string,
  NotificationEnd,
  MetaObject,
  StateSchema
>;

/** Notification reports: what a notification emits about its end. */
import type { NotificationContext, NotificationEnd } from './notification-snapshot.js';

interface Subject {
  readonly procedure: string;
  /** The peer's address. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
}

/** Emitted by a notification once, when it has ended. */
export type NotificationReport = Subject &
  (
    | ({ readonly type: 'notification.sent' } & Omit<EndOf<'sent'>, 'state'>)
    | ({ readonly type: 'notification.replaced' } & Omit<EndOf<'replaced'>, 'state'>)
    | ({ readonly type: 'notification.dropped' } & Omit<EndOf<'dropped'>, 'state'>)
  );

type EndOf<State extends NotificationEnd['state']> = Extract<NotificationEnd, { state: State }>;

/** The report of an end. */
export function notificationReport(context: NotificationContext): NotificationReport {
  const { procedure, peer, transactionId, end } = context;
  if (end === undefined) throw new Error(`The notification ${procedure} has not ended yet.`);
  const { state, ...details } = end;
  return {
    ...{ procedure, peer, transactionId },
    ...{ type: `notification.${state}`, ...details },
  } as NotificationReport;
}

/** Makes the records of notifications: one when one is made or found, and one for its end. */
import type { AnyEventObject } from 'xstate';
import { NOTIFICATION_DROPS } from '../../api/notification-state.js';
import { messageOf } from '../../errors.js';
import type { Transaction } from '../../legible/transaction.js';
import type { NotificationActor } from '../../notification/notification.js';
import type { Failure } from './failures.js';
import type { ActorRecords } from './follower.js';
import { madeBy } from './machine-makers.js';
import { shownName } from './procedure-name.js';
import { RecordMaker } from './record-maker.js';

export class NotificationRecords extends RecordMaker implements ActorRecords<NotificationActor> {
  transactionOf({ context, frame }: NotificationActor): Transaction {
    return this.masking.transaction(context.procedure, frame.toDatagram());
  }

  made(notification: NotificationActor, transaction: Transaction): void {
    const { context, number, transactionId } = notification;
    const { peer, procedure, args, latest } = context;
    this.datagrams.show(transactionId, transaction);
    this.emit(
      {
        type: 'notification',
        actor: number,
        transactionId,
        peer,
        procedure: shownName(procedure),
        args: this.masking.args(args, procedure, transaction),
        madeBy: madeBy(notification),
        // A key may be made of what is masked.
        latest: latest === undefined || transaction.hasMasked ? undefined : String(latest),
      },
      this.clock.nowMs(),
    );
  }

  past(): void {
    // Until its end nothing happens to it.
  }

  failureOf({ context }: NotificationActor): Failure | undefined {
    const { end, peer, procedure } = context;
    if (end?.state !== 'dropped') return undefined;
    return { of: 'notification', procedure, peer, state: end.state, reason: end.reason };
  }

  failsWith({ done }: NotificationActor): boolean {
    return done;
  }

  stepped(notification: NotificationActor, event: AnyEventObject): void {
    const { number, state, done } = notification;
    const step = { type: 'step', actor: number, event: event.type, state, final: done } as const;
    this.emit({ ...step, because: reasonOf(notification, event) }, this.clock.nowMs());
  }
}

function reasonOf({ context }: NotificationActor, event: AnyEventObject): string | undefined {
  if (event.type === 'moved') return `goes to ${String(event['peer'])}`;
  const { end } = context;
  switch (end?.state) {
    case 'replaced':
      return `by ${end.by.slice(0, 8)}`;
    case 'dropped': {
      const words = NOTIFICATION_DROPS[end.reason];
      return end.error === undefined ? words : `${words}: ${messageOf(end.error)}`;
    }
    default:
      return undefined;
  }
}

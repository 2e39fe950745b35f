/**
 * Notification machine: the state chart of one request that nobody answers.
 *
 * ```text
 * queued ─▶ sent ■        queued    waits for the end of the turn, for room, a name, or the kernel
 *      ├──▶ replaced ■    sent      the kernel took its datagram
 *      └──▶ dropped ■     replaced  a newer one with the same key took its place
 *                         dropped   it did not leave this machine
 * ```
 *
 * Rules:
 * - It is sent once. There is no answer, so there is nothing to await, to repeat or to cancel.
 * - Only what has a key (`latest`), or whose name is being looked up, waits for room. Everything
 *   else is dropped when there is none.
 * - Where the kernel's result never comes, as when the socket closes, it was handed over and counts
 *   as sent. So what is dropped or replaced never runs.
 */
import { emit, setup } from 'xstate';
import { assigner } from '../actor/assigner.js';
import { notificationReport } from '../api/notification-report.js';
import type { NotificationReport } from '../api/notification-report.js';
import type {
  NotificationContext,
  NotificationDropped,
  NotificationEnd,
  NotificationEvent,
  NotificationInput,
  NotificationMoved,
  NotificationReplaced,
} from '../api/notification-snapshot.js';

const assignFrom = assigner<NotificationContext, NotificationEvent>();

/** One object for all that are sent, because they come by the thousand. */
const SENT: NotificationEnd = Object.freeze({ state: 'sent' });

const actions = {
  move: assignFrom<NotificationMoved>((context, event) => {
    context.peer = event.peer;
  }),
  noteSent: assignFrom((context) => {
    context.end = SENT;
  }),
  noteReplaced: assignFrom<NotificationReplaced>((context, event) => {
    context.end = { state: 'replaced', by: event.by };
  }),
  noteDropped: assignFrom<NotificationDropped>((context, event) => {
    context.end = { state: 'dropped', reason: event.reason, error: event.error };
  }),
  reportEnd: emit<
    NotificationContext,
    NotificationEvent,
    undefined,
    NotificationEvent,
    NotificationReport
  >(({ context }) => notificationReport(context)),
};

export const notificationMachine = setup({
  types: {
    input: {} as NotificationInput,
    context: {} as NotificationContext,
    events: {} as NotificationEvent,
    emitted: {} as NotificationReport,
    output: {} as NotificationEnd,
  },
  actions,
}).createMachine({
  id: 'notification',
  description: 'One outbound request that nobody answers.',
  // Written out instead of spread: this runs for every notification.
  context: ({ input }) => ({
    procedure: input.procedure,
    args: input.args,
    peer: input.peer,
    transactionId: input.transactionId,
    latest: input.latest,
    end: undefined,
  }),
  initial: 'queued',
  states: {
    queued: {
      description: 'Waits for the end of the turn, for room, for a name, or for the system.',
      on: {
        moved: { actions: 'move' },
        transmitted: { target: 'sent', actions: ['noteSent', 'reportEnd'] },
        replaced: { target: 'replaced', actions: ['noteReplaced', 'reportEnd'] },
        dropped: { target: 'dropped', actions: ['noteDropped', 'reportEnd'] },
      },
    },
    sent: { type: 'final', description: 'The system took it. Nobody answers.' },
    replaced: { type: 'final', description: 'A newer one with the same key took its place.' },
    dropped: { type: 'final', description: 'It did not leave this machine.' },
  },
  output: ({ context }) => context.end as NotificationEnd,
});

export type NotificationMachine = typeof notificationMachine;

/**
 * Call machine: the state chart of one outbound transaction.
 *
 * ```text
 * queued ─▶ sent ─▶ awaiting ─▶ resolved ■     queued    waits in the peer's mailbox for the window
 *             │        ├──────▶ rejected ■     sent      handed to the socket, its callback pending
 *             │        ├──────▶ cancelled ■    awaiting  the kernel took the datagram
 *             ▼        ▼
 *        unsent ■   timedOut ─▶ late ■         timedOut  the outcome is delivered, the call lingers
 *                        └────▶ lost ■         late      an answer came after all;  lost: none did
 * ```
 *
 * Rules:
 * - An answer is accepted in `sent` as well as in `awaiting`, because it may arrive before the
 *   socket's callback.
 * - A call with headers is queued, too, until its peer is known to read them.
 * - The time-out starts when the call is made. So a call can time out, or be cancelled, while it is
 *   queued. In `sent` it can be withdrawn: its datagram waited for others when its time was over.
 * - A retransmission re-enters `awaiting` with `attempt + 1`. It has the same id and body.
 * - Once, when an answer takes longer than it usually does, the call is overdue. It keeps waiting.
 * - A peer that is still working on the call says so when the request is repeated. The call keeps
 *   waiting.
 * - A call by name may move to another address of the name: while it is queued, back from `sent` to
 *   `queued` if the system refused the request, and from `awaiting` if it may run more than once.
 * - A call that an earlier process has made, and may have sent, goes from `queued` to `awaiting`.
 * - An answer from an address that was not asked settles nothing. The first one is noted.
 * - The outcome is set exactly once: on entering `resolved`, `rejected`, `cancelled`, `unsent` or
 *   `timedOut`. `late` and `lost` add a report and do not change the outcome.
 */
import { emit, setup } from 'xstate';
import { assigner } from '../actor/assigner.js';
import {
  answeredElsewhereReport,
  lateReport,
  lostReport,
  outcomeReport,
  overdueReport,
} from '../api/call-report.js';
import type { CallReport } from '../api/call-report.js';
import type {
  Answered,
  AnsweredElsewhere,
  CallContext,
  CallEvent,
  CallMachineInput,
  Cancel,
  Expired,
  Failed,
  Moved,
  Overdue,
  Refused,
  Restored,
  Retransmitted,
  Transmitted,
  Withdrawn,
  Working,
} from '../api/call-snapshot.js';
import type { Outcome, Rejected, Resolved } from '../api/outcome.js';
import { executedIfRejected } from './executed.js';

const assignFrom = assigner<CallContext, CallEvent>();

function emitReport(reportOf: (context: CallContext) => CallReport) {
  return emit<CallContext, CallEvent, undefined, CallEvent, CallReport>(({ context }) =>
    reportOf(context),
  );
}

const executedSoFar = ({ attempt }: CallContext) => (attempt === 0 ? 'no' : 'maybe');

const rttMsAt = ({ sentAtMs }: CallContext, atMs: number) => atMs - (sentAtMs ?? atMs);

/** The outcome with the headers of the reply, if it has any. */
function withHeaders<Answer extends Resolved | Rejected>(
  { replyHeaders: headers }: Answered | Failed,
  outcome: Answer,
): Answer {
  return headers === undefined ? outcome : { ...outcome, headers };
}

const actions = {
  markSent: assignFrom<Transmitted>((context, event) => {
    context.sentAtMs = event.atMs;
    context.attempt = 1;
  }),
  restore: assignFrom<Restored>((context, event) => {
    context.calledAtMs = event.calledAtMs;
    context.sentAtMs = event.sentAtMs;
    context.attempt = event.attempts;
    context.attemptsBefore = event.attempts;
  }),
  countAttempt: assignFrom<Retransmitted>((context) => {
    context.attempt += 1;
  }),
  noteWorking: assignFrom<Working>((context) => {
    context.workingHeard = true;
  }),
  resolve: assignFrom<Answered>((context, event) => {
    context.outcome = withHeaders(event, {
      state: 'resolved',
      value: event.value,
      rttMs: rttMsAt(context, event.atMs),
      attempts: context.attempt,
    });
  }),
  reject: assignFrom<Failed>((context, event) => {
    context.outcome = withHeaders(event, {
      state: 'rejected',
      error: event.error,
      // The earlier process may have sent it more often than is known.
      executed: executedIfRejected(event.error, context.attempt + context.attemptsBefore),
      rttMs: rttMsAt(context, event.atMs),
      attempts: context.attempt,
    });
  }),
  timeOut: assignFrom<Expired>((context, event) => {
    context.outcome = {
      state: 'timedOut',
      verdict: event.verdict,
      executed: executedSoFar(context),
      timeoutMs: context.timeoutMs,
      attempts: context.attempt,
      ...(context.answeredFrom !== undefined && { answeredFrom: context.answeredFrom }),
    };
  }),
  withdraw: assignFrom<Withdrawn>((context) => {
    context.attempt = 0;
    context.sentAtMs = undefined;
    context.outcome = {
      state: 'timedOut',
      verdict: 'neverSent',
      executed: 'no',
      timeoutMs: context.timeoutMs,
      attempts: 0,
    };
  }),
  cancel: assignFrom<Cancel>((context, event) => {
    context.outcome = {
      state: 'cancelled',
      reason: event.reason,
      executed: executedSoFar(context),
      attempts: context.attempt,
    };
  }),
  refuse: assignFrom<Refused>((context, event) => {
    context.outcome = { state: 'unsent', error: event.error, executed: 'no', attempts: 0 };
  }),
  move: assignFrom<Moved>((context, event) => {
    context.peer = event.peer;
  }),
  takeBack: assignFrom<Moved>((context) => {
    context.attempt = 0;
    context.sentAtMs = undefined;
  }),
  noteElsewhere: assignFrom<AnsweredElsewhere>((context, event) => {
    context.answeredFrom = event.from;
  }),
  measureLateness: assignFrom<Answered | Failed>((context, event) => {
    context.lateByMs = event.atMs - context.calledAtMs - context.timeoutMs;
  }),
  reportOutcome: emitReport(outcomeReport),
  reportLate: emitReport(lateReport),
  reportLost: emitReport(lostReport),
  reportElsewhere: emitReport(answeredElsewhereReport),
  reportOverdue: emit<CallContext, CallEvent, undefined, CallEvent, CallReport>(
    ({ context, event }) => overdueReport(context, (event as Overdue).waitedMs),
  ),
};

export const callMachine = setup({
  types: {
    input: {} as CallMachineInput,
    context: {} as CallContext,
    events: {} as CallEvent,
    emitted: {} as CallReport,
    output: {} as Outcome,
  },
  actions,
}).createMachine({
  id: 'call',
  description: 'One outbound remote procedure call.',
  // Written out instead of spread: this runs for every call, and it is several times faster. All
  // have the same members, so that the engine knows their shape.
  context: ({ input }) => ({
    procedure: input.procedure,
    args: input.args,
    peer: input.peer,
    transactionId: input.transactionId,
    timeoutMs: input.timeoutMs,
    maxAttempts: input.maxAttempts,
    calledAtMs: input.calledAtMs,
    reference: input.reference,
    headers: input.headers,
    attempt: 0,
    attemptsBefore: 0,
    sentAtMs: undefined,
    workingHeard: false,
    outcome: undefined,
    lateByMs: undefined,
    answeredFrom: undefined,
  }),
  initial: 'queued',
  states: {
    queued: {
      description: "Waits in the peer's mailbox for the window, or for what is known of the peer.",
      on: {
        transmitted: { target: 'sent', actions: 'markSent' },
        restored: { target: 'awaiting', actions: 'restore' },
        moved: { actions: 'move' },
        answeredElsewhere: { actions: ['noteElsewhere', 'reportElsewhere'] },
        refused: { target: 'unsent', actions: ['refuse', 'reportOutcome'] },
        expired: { target: 'timedOut', actions: ['timeOut', 'reportOutcome'] },
        cancel: { target: 'cancelled', actions: ['cancel', 'reportOutcome'] },
      },
    },
    sent: {
      description: 'Handed to the socket, whose callback is pending.',
      on: {
        accepted: { target: 'awaiting' },
        retransmitted: { target: 'awaiting', actions: 'countAttempt' },
        working: { target: 'awaiting', actions: 'noteWorking' },
        moved: { target: 'queued', actions: ['move', 'takeBack'] },
        answeredElsewhere: { actions: ['noteElsewhere', 'reportElsewhere'] },
        refused: { target: 'unsent', actions: ['refuse', 'reportOutcome'] },
        withdrawn: { target: 'timedOut', actions: ['withdraw', 'reportOutcome'] },
        answered: { target: 'resolved', actions: ['resolve', 'reportOutcome'] },
        failed: { target: 'rejected', actions: ['reject', 'reportOutcome'] },
        expired: { target: 'timedOut', actions: ['timeOut', 'reportOutcome'] },
        cancel: { target: 'cancelled', actions: ['cancel', 'reportOutcome'] },
      },
    },
    awaiting: {
      description: 'The kernel took the datagram; the answer is awaited.',
      on: {
        retransmitted: { target: 'awaiting', actions: 'countAttempt' },
        working: { actions: 'noteWorking' },
        moved: { actions: 'move' },
        overdue: { actions: 'reportOverdue' },
        answeredElsewhere: { actions: ['noteElsewhere', 'reportElsewhere'] },
        answered: { target: 'resolved', actions: ['resolve', 'reportOutcome'] },
        failed: { target: 'rejected', actions: ['reject', 'reportOutcome'] },
        expired: { target: 'timedOut', actions: ['timeOut', 'reportOutcome'] },
        cancel: { target: 'cancelled', actions: ['cancel', 'reportOutcome'] },
      },
    },
    timedOut: {
      description: 'The outcome is delivered; a late answer would still be recognised.',
      on: {
        answered: { target: 'late', actions: ['measureLateness', 'reportLate'] },
        failed: { target: 'late', actions: ['measureLateness', 'reportLate'] },
        answeredElsewhere: { actions: ['noteElsewhere', 'reportElsewhere'] },
        lingered: { target: 'lost', actions: 'reportLost' },
      },
    },
    resolved: { type: 'final', description: 'The peer answered.' },
    rejected: { type: 'final', description: 'The peer answered with an error.' },
    cancelled: { type: 'final', description: 'The caller aborted it, or the endpoint closed.' },
    unsent: { type: 'final', description: 'It never left this machine.' },
    late: { type: 'final', description: 'An answer came after the time-out.' },
    lost: { type: 'final', description: 'No answer came at all.' },
  },
  output: ({ context }) => context.outcome as Outcome,
});

export type CallMachine = typeof callMachine;

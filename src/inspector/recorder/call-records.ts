/** Makes the records of calls: one when a call is made or found, and one for each of its steps. */
import type { AnyEventObject } from 'xstate';
import type { CallActor } from '../../call/call.js';
import type { CallEvent } from '../../api/call-snapshot.js';
import type { Outcome, Resolved } from '../../api/outcome.js';
import { explainVerdict } from '../../api/verdict.js';
import type { Transaction } from '../../legible/transaction.js';
import { commandLine } from './command-line.js';
import { codeOf } from '../kind.js';
import type { Failure } from './failures.js';
import type { ActorRecords } from './follower.js';
import { madeBy } from './machine-makers.js';
import type { RecordOf, Unnumbered } from '../record.js';
import { shownName } from './procedure-name.js';
import { RecordMaker } from './record-maker.js';

/**
 * After these events it is not known whether the kernel took the request. After any other event it
 * had.
 */
const TELLS_NO_STATE: ReadonlySet<string> = new Set<CallEvent['type']>(['refused', 'cancel']);

export class CallRecords extends RecordMaker implements ActorRecords<CallActor> {
  transactionOf({ context, frame }: CallActor): Transaction {
    return this.masking.transaction(context.procedure, frame?.toDatagram());
  }

  made(call: CallActor, transaction: Transaction): void {
    const { context, number, transactionId } = call;
    const { peer, procedure, timeoutMs, maxAttempts, calledAtMs } = context;
    this.datagrams.show(transactionId, transaction);
    this.emit(
      {
        type: 'call',
        actor: number,
        transactionId,
        peer,
        procedure: shownName(procedure),
        args: this.masking.args(context.args, procedure, transaction),
        headers: this.masking.headers(context.headers, procedure, transaction),
        madeBy: madeBy(call),
        timeoutMs,
        maxAttempts,
        command: transaction.hasMasked ? undefined : commandLine(context),
      },
      calledAtMs,
    );
  }

  past(call: CallActor, transaction: Transaction, event?: AnyEventObject): void {
    const { context, state } = call;
    const { attempt, attemptsBefore, calledAtMs, outcome, sentAtMs, timeoutMs } = context;
    const nowMs = this.clock.nowMs();
    const neverSent = outcome?.state === 'timedOut' && outcome.verdict === 'neverSent';
    const keepsState = event === undefined || event.type === 'answeredElsewhere';
    const isAwaited = keepsState ? state !== 'sent' : !TELLS_NO_STATE.has(event.type);
    if (event?.type !== 'restored') this.#transmitted(call, isAwaited && !neverSent);
    if (event === undefined && attempt > Math.max(attemptsBefore, 1)) {
      this.#step(call, 'retransmitted', 'awaiting', { attempt }, sentAtMs ?? nowMs);
    }
    if (outcome?.state !== 'timedOut' || (event !== undefined && endsInTimeOut(event))) return;
    const deadlineMs = Math.min(calledAtMs + timeoutMs, nowMs);
    this.#step(call, 'expired', 'timedOut', this.#settled(call, outcome, transaction), deadlineMs);
  }

  failureOf({ context }: CallActor): Failure | undefined {
    const { outcome, peer, procedure } = context;
    if (outcome === undefined || outcome.state === 'resolved') return undefined;
    return { of: 'call', procedure, peer, state: outcome.state, reason: whyFailed(outcome) };
  }

  failsWith(call: CallActor, event: AnyEventObject): boolean {
    return settles(call, event);
  }

  stepped(call: CallActor, event: AnyEventObject, transaction: Transaction): void {
    const { context, state } = call;
    const { attempt, lateByMs, outcome } = context;
    const nowMs = this.clock.nowMs();
    if (state === 'late') {
      const answer = this.#lateAnswer(call, event, transaction);
      this.#step(call, event.type, state, { attempt, lateByMs, ...answer }, nowMs);
    } else if (outcome !== undefined && settles(call, event)) {
      this.#step(call, event.type, state, this.#settled(call, outcome, transaction), nowMs);
    } else this.#step(call, event.type, state, { attempt, because: reasonOf(event) }, nowMs);
  }

  #transmitted(call: CallActor, accepted: boolean): void {
    const { frame, context } = call;
    const { attemptsBefore, calledAtMs, outcome, peer, sentAtMs } = context;
    if (sentAtMs === undefined) return;
    if (attemptsBefore > 0) {
      // What an earlier process sent was not seen here.
      this.#step(call, 'restored', 'awaiting', { attempt: attemptsBefore }, calledAtMs);
      return;
    }
    if (frame !== undefined) {
      const refused = outcome?.state === 'unsent' ? (codeOf(outcome.error) ?? '') : undefined;
      this.datagrams.remade(frame.toDatagram(), 'out', peer, sentAtMs, refused);
    }
    this.#step(call, 'transmitted', 'sent', { attempt: 1 }, sentAtMs);
    if (accepted) this.#step(call, 'accepted', 'awaiting', { attempt: 1 }, sentAtMs);
  }

  #settled({ context }: CallActor, outcome: Outcome, transaction: Transaction): Details {
    const { procedure } = context;
    // What the system refused was not sent, though the call has counted it.
    const { attempts: attempt } = outcome;
    const because =
      outcome.state === 'timedOut'
        ? explainVerdict(outcome.verdict, outcome.answeredFrom)
        : undefined;
    return { attempt, outcome: this.masking.outcome(outcome, procedure, transaction), because };
  }

  #lateAnswer({ context }: CallActor, event: AnyEventObject, transaction: Transaction): Details {
    const { procedure } = context;
    const { value, error } = event as { value?: unknown; error?: unknown };
    return event.type === 'answered'
      ? { value: this.masking.value(value, procedure, transaction) }
      : { error: this.masking.error(error, procedure, transaction) };
  }

  #step(call: CallActor, event: string, state: string, details: Details, atMs: number): void {
    const final = call.done && state === call.state;
    this.emit({ type: 'step', actor: call.number, event, state, final, ...details }, atMs);
  }
}

/** What a step has besides the properties that all steps have. */
type Details = Omit<Unnumbered<RecordOf<'step'>>, 'type' | 'actor' | 'event' | 'state' | 'final'>;

function whyFailed(outcome: Exclude<Outcome, Resolved>): string {
  if (outcome.state === 'timedOut') return outcome.verdict;
  return codeOf(outcome.state === 'cancelled' ? outcome.reason : outcome.error) ?? '';
}

/** What there is to know of an event beside its name. */
function reasonOf({ type, ...event }: AnyEventObject): string | undefined {
  if (type === 'restored') return `sent at least ${String(event['attempts'])} times before`;
  if (type === 'moved') return `goes to ${String(event['peer'])}`;
  if (type === 'overdue') return `no answer in ${Number(event['waitedMs']).toFixed(0)} ms`;
  return type === 'answeredElsewhere' ? `an answer came from ${String(event['from'])}` : undefined;
}

/**
 * Whether this event gave the call its outcome. An event after the time-out does not change the
 * outcome.
 */
export function settles({ context, state }: CallActor, event: AnyEventObject): boolean {
  if (context.outcome === undefined || state === 'late' || state === 'lost') return false;
  return state !== 'timedOut' || endsInTimeOut(event);
}

/** Whether this event times a call out, and no other one does. */
function endsInTimeOut({ type }: AnyEventObject): boolean {
  return type === 'expired' || type === 'withdrawn';
}

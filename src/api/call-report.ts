/** Call reports: the events that a call and its peer emit about the call's outcome. */
import type { Cancelled, Outcome, Rejected, Resolved, TimedOut, Unsent } from './outcome.js';

interface Subject<Procedure extends string> {
  readonly procedure: Procedure;
  /** The peer's address. */
  readonly peer: string;
  /** 40 hexadecimal digits. */
  readonly transactionId: string;
  /** The `reference` that the caller gave, to recognise the call. */
  readonly reference: unknown;
}

/**
 * Emitted by a call, and by its peer, once when the call has its outcome. After a time-out there is
 * a second report: `call.late` when an answer still arrived, `call.lost` when none arrived while
 * the call lingered. `call.answeredElsewhere` comes at any time after the request was sent, once at
 * most: an answer with the call's id came from another address than was asked, and was not taken.
 * `call.overdue` comes before the outcome, once at most: `waitedMs` after the request was first
 * sent, which is longer than the peer usually takes (RFC 6298), no answer has come. The call goes
 * on. It does not come for a call of which its peer has said that it works on it.
 */
export type CallReport<Procedure extends string = string, Value = unknown> = Subject<Procedure> &
  (
    | { readonly type: 'call.resolved'; readonly outcome: Resolved<Value> }
    | { readonly type: 'call.rejected'; readonly outcome: Rejected }
    | { readonly type: 'call.timedOut'; readonly outcome: TimedOut }
    | { readonly type: 'call.cancelled'; readonly outcome: Cancelled }
    | { readonly type: 'call.unsent'; readonly outcome: Unsent }
    | { readonly type: 'call.late'; readonly timeoutMs: number; readonly lateByMs: number }
    | { readonly type: 'call.lost'; readonly timeoutMs: number }
    | { readonly type: 'call.overdue'; readonly waitedMs: number; readonly timeoutMs: number }
    | { readonly type: 'call.answeredElsewhere'; readonly from: string }
  );

/** The part of a call's context that its reports contain. */
export interface Reported {
  readonly procedure: string;
  readonly peer: string;
  readonly transactionId: string;
  readonly reference?: unknown;
  readonly timeoutMs: number;
  readonly outcome: Outcome | undefined;
  readonly lateByMs: number | undefined;
  readonly answeredFrom: string | undefined;
}

function subjectOf({ procedure, peer, transactionId, reference }: Reported): Subject<string> {
  return { procedure, peer, transactionId, reference };
}

/** The report of an outcome. */
export function outcomeReport(call: Reported): CallReport {
  const { outcome } = call;
  if (outcome === undefined) throw new Error(`The call ${call.procedure} has no outcome yet.`);
  return { ...subjectOf(call), type: `call.${outcome.state}`, outcome } as CallReport;
}

/** The report that an answer came after the time-out. */
export function lateReport(call: Reported): CallReport {
  const { timeoutMs, lateByMs = 0 } = call;
  return { ...subjectOf(call), type: 'call.late', timeoutMs, lateByMs };
}

/** The report that no answer came while the call lingered. */
export function lostReport(call: Reported): CallReport {
  return { ...subjectOf(call), type: 'call.lost', timeoutMs: call.timeoutMs };
}

/** The report that no answer came in the time that the peer usually takes. */
export function overdueReport(call: Reported, waitedMs: number): CallReport {
  return { ...subjectOf(call), type: 'call.overdue', waitedMs, timeoutMs: call.timeoutMs };
}

/** The report that an answer came from another address than was asked. */
export function answeredElsewhereReport(call: Reported): CallReport {
  const { answeredFrom = '' } = call;
  return { ...subjectOf(call), type: 'call.answeredElsewhere', from: answeredFrom };
}

/** What calls are made from. */
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { CallTrace } from '../engine/tracing.js';
import type { TransactionId } from '../wire/frame.js';
import type { CheckedCallOptions } from './options.js';
import type { CallReport } from '../api/call-report.js';

/** Whoever is sent a call's reports: an actor, as a rule. */
export interface ReportTarget {
  send(report: CallReport): void;
}

/** What a call is created with. */
export interface CallRequest {
  readonly transactionId: TransactionId;
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly options: CheckedCallOptions;
  /** What the peer's contract says of the procedure. */
  readonly contracted?: ContractedProcedure | undefined;
  readonly trace?: CallTrace | undefined;
  /** An actor of the caller's that every report of this call is sent to. */
  readonly replyTo: ReportTarget | undefined;
}

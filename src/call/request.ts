/** What calls are made from. */
import type { ReportTarget } from '../api/call-command.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { CallTrace } from '../engine/tracing.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { CheckedCallOptions } from './options.js';

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

/** Whether there is more to a request than its call's context tells: with most there is not. */
export function hasMoreThanContext({ replyTo, contracted, trace, options }: CallRequest): boolean {
  return (
    replyTo !== undefined ||
    contracted !== undefined ||
    trace !== undefined ||
    options.signal !== undefined
  );
}

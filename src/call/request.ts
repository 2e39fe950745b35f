/** Call request: what a call is created with. */
import type { ReportTarget } from '../api/call-command.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { CallTrace } from '../engine/tracing.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { CheckedCallOptions } from './options.js';

export interface CallRequest {
  readonly transactionId: TransactionId;
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly options: CheckedCallOptions;
  readonly contracted?: ContractedProcedure | undefined;
  readonly trace?: CallTrace | undefined;
  readonly replyTo: ReportTarget | undefined;
}

/** Whether a request has more than its call's context holds. Most requests do not. */
export function hasMoreThanContext({ replyTo, contracted, trace, options }: CallRequest): boolean {
  return (
    replyTo !== undefined ||
    contracted !== undefined ||
    trace !== undefined ||
    options.signal !== undefined
  );
}

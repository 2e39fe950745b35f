/** Call request: what a call is created with. */
import type { ReportTarget } from '../api/call-command.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { CallTrace } from '../engine/tracing.js';
import type { TransactionId } from '../wire/transaction-id.js';
import type { CalledName } from './called-name.js';
import type { CheckedCallOptions } from './options.js';
import type { ParentRequest } from './parent-request.js';

export interface CallRequest<TCall> {
  readonly transactionId: TransactionId;
  readonly procedure: string;
  readonly args: readonly unknown[];
  readonly options: CheckedCallOptions;
  readonly contracted?: ContractedProcedure | undefined;
  readonly trace?: CallTrace | undefined;
  /** The host name that the call is made by, if it is not made by an IP address. */
  readonly name?: CalledName<TCall> | undefined;
  /** The request in whose course the call is made, if its handle comes from a procedure's scope. */
  readonly parent?: ParentRequest | undefined;
  readonly replyTo: ReportTarget | undefined;
}

/** Whether a request has more than its call's context holds. Most requests do not. */
export function hasMoreThanContext<TCall>(request: CallRequest<TCall>): boolean {
  const { replyTo, contracted, trace, name, parent, options } = request;
  return (
    replyTo !== undefined ||
    name !== undefined ||
    parent !== undefined ||
    contracted !== undefined ||
    trace !== undefined ||
    options.signal !== undefined
  );
}

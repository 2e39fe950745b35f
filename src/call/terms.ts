/** Call terms: what a call is made with, beside its procedure and its arguments. */
import type { CallOptions } from '../api/call-options.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { CallActor } from './call.js';
import type { CalledName } from './called-name.js';
import type { ParentRequest } from './parent-request.js';
import type { ReportTarget } from '../api/call-command.js';

export interface CallTerms {
  readonly options?: CallOptions | undefined;
  readonly replyTo?: ReportTarget | undefined;
  readonly contracted?: ContractedProcedure | undefined;
  /** The host name that the call is made by. */
  readonly name?: CalledName<CallActor> | undefined;
  /** The request in whose course the call is made. */
  readonly parent?: ParentRequest | undefined;
}

/** What a restored call has that was not persisted. */
export interface RestoredTerms {
  readonly contracted?: ContractedProcedure | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The request in whose course the call is restored. */
  readonly parent?: ParentRequest | undefined;
}

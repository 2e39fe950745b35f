/** Call result: makes the events of a peer's reply. The contract, if there is one, makes the value. */
import type { Answered, CallContext, Failed } from '../api/call-snapshot.js';
import { RemoteError } from '../api/outcome.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidResultError } from '../contract/errors.js';
import type { CallHeaders } from '../wire/headers.js';

/** The call that gets the reply. */
interface RepliedCall {
  readonly context: Pick<CallContext, 'procedure'>;
  readonly request: { readonly contracted?: ContractedProcedure | undefined } | undefined;
}

/** The event of a result, which may not be what the contract says. */
export function eventOfResult(
  { context, request }: RepliedCall,
  result: unknown,
  atMs: number,
  replyHeaders: CallHeaders | undefined,
  reportFault: (fault: unknown) => void,
): Answered | Failed {
  const contracted = request?.contracted;
  if (contracted === undefined) return answered(result, atMs, replyHeaders);
  const { value, issues } = contracted.readResult(result);
  if (issues === undefined) return answered(value, atMs, replyHeaders);
  // The schema itself failed.
  if (issues.fault !== undefined) reportFault(issues.fault);
  const cause = new InvalidResultError(context.procedure, issues);
  const error = new RemoteError('invalidResult', cause.message, issues, { cause });
  return eventOfError(error, atMs, replyHeaders);
}

/** The event of an error. */
export function eventOfError(
  error: RemoteError,
  atMs: number,
  replyHeaders: CallHeaders | undefined,
): Failed {
  return replyHeaders === undefined
    ? { type: 'failed', error, atMs }
    : { type: 'failed', error, atMs, replyHeaders };
}

function answered(value: unknown, atMs: number, replyHeaders: CallHeaders | undefined): Answered {
  return replyHeaders === undefined
    ? { type: 'answered', value, atMs }
    : { type: 'answered', value, atMs, replyHeaders };
}

/** What a call resolves to: the peer's result as the contract of its procedure makes it. */
import { RemoteError } from '../api/outcome.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidResultError } from '../contract/errors.js';
import type { SchemaError } from '../contract/schema-error.js';

/** A value; or the error that stands for a result that breaks the contract, and a schema's own fault. */
export interface ReadResult {
  readonly value?: unknown;
  readonly error?: RemoteError;
  readonly fault?: SchemaError | undefined;
}

export function readResult(
  procedure: string,
  contracted: ContractedProcedure | undefined,
  result: unknown,
): ReadResult {
  if (contracted === undefined) return { value: result };
  const { value, issues } = contracted.readResult(result);
  if (issues === undefined) return { value };
  const cause = new InvalidResultError(procedure, issues);
  const error = new RemoteError('invalidResult', cause.message, issues, { cause });
  return { error, fault: issues.fault };
}

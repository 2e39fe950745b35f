/** Call result: makes the value of a call from the peer's result, by the contract. */
import { RemoteError } from '../api/outcome.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { InvalidResultError } from '../contract/errors.js';
import type { SchemaError } from '../contract/schema-error.js';

/** A value, or the error of an invalid result. `fault` is set when the schema itself failed. */
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

/** Handler arguments: makes the arguments of a procedure from its request, by the contract. */
import { InvalidArgumentsError } from '../contract/errors.js';
import type { SchemaError } from '../contract/schema-error.js';
import { RequestTooLargeError } from '../errors.js';
import { HEADER_BYTES } from '../wire/frame.js';
import type { RequestBody } from '../wire/request.js';
import type { OfferedProcedure } from './procedures.js';
import { invalidArguments } from './refusal.js';
import type { Refusal } from './refusal.js';

/** The arguments, or why the procedure is not run. `fault` is set when the schema failed. */
export interface ReadArguments {
  readonly args: readonly unknown[];
  readonly invalid?: Refusal;
  readonly fault?: SchemaError | undefined;
}

/** Never throws, whatever a schema does. */
export function readArguments(
  { contracted }: OfferedProcedure,
  { procedure, args, end }: RequestBody,
): ReadArguments {
  if (contracted === undefined) return { args };
  const { maxBytes = Infinity } = contracted;
  const bytes = end - HEADER_BYTES;
  if (bytes > maxBytes) {
    const invalid = invalidArguments(new RequestTooLargeError(procedure, bytes, maxBytes));
    return { args, invalid };
  }
  const { value, issues } = contracted.readArguments(args);
  if (issues === undefined) return { args: value };
  const invalid = invalidArguments(new InvalidArgumentsError(procedure, issues));
  return { args, invalid, fault: issues.fault };
}

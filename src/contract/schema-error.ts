/** What is thrown, or kept as a cause, when a schema itself is broken. */
import { quote } from '../errors.js';

/** The part of a procedure's contract that has a schema. */
export type ContractPart = 'args' | 'result';

/**
 * A schema that failed where it should have judged: it threw (`cause`), is asynchronous, or gave what
 * the Standard Schema does not know. The `cause` of an InvalidArgumentsError or InvalidResultError.
 */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code = 'ERR_RPCUDP_SCHEMA';
  readonly procedure: string;
  readonly part: ContractPart;
  /** The message without the name of the schema. */
  readonly problem: string;

  constructor(procedure: string, part: ContractPart, problem: string, options?: ErrorOptions) {
    super(`The schema of the ${part} of ${quote(procedure)} failed: ${problem}`, options);
    this.procedure = procedure;
    this.part = part;
    this.problem = problem;
  }
}

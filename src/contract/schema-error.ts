/** Schema error: the cause of other errors when a schema itself is broken. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { quote } from '../errors.js';

export type ContractPart = 'args' | 'result';

/**
 * A schema failed instead of checking the value: it threw (`cause`), it is asynchronous, or its
 * result does not follow the Standard Schema. This error is the `cause` of an InvalidArgumentsError
 * or an InvalidResultError.
 */
export class SchemaError extends Error {
  static {
    shareAmongCopies('SchemaError', this);
  }

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

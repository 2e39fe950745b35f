/** Contract errors: thrown for a wrong contract, or a value that does not match its contract. */
import { shareAmongCopies } from '../copies/shared-class.js';
import { quote } from '../errors.js';
import type { Issues } from './issue.js';

/**
 * The arguments do not match the procedure's contract. The caller sent nothing, or the serving side
 * did not run the procedure.
 */
export class InvalidArgumentsError extends TypeError {
  static {
    shareAmongCopies('InvalidArgumentsError', this);
  }

  override readonly name = 'InvalidArgumentsError';
  readonly code = 'ERR_RPCUDP_INVALID_ARGUMENTS';
  readonly procedure: string;
  /** What is wrong and where: 1 to 8 issues, with paths such as `args[0].name`. */
  readonly issues: Issues;

  constructor(procedure: string, issues: Issues) {
    super(`The arguments of ${quote(procedure)} break its contract: ${firstOf(issues)}`, {
      cause: issues.fault,
    });
    this.procedure = procedure;
    this.issues = issues;
  }
}

/** The result does not match the procedure's contract. The procedure was run. */
export class InvalidResultError extends TypeError {
  static {
    shareAmongCopies('InvalidResultError', this);
  }

  override readonly name = 'InvalidResultError';
  readonly code = 'ERR_RPCUDP_INVALID_RESULT';
  readonly procedure: string;
  /** What is wrong and where: 1 to 8 issues, with paths such as `result.items[2]`. */
  readonly issues: Issues;

  constructor(procedure: string, issues: Issues) {
    super(`The result of ${quote(procedure)} breaks its contract: ${firstOf(issues)}`, {
      cause: issues.fault,
    });
    this.procedure = procedure;
    this.issues = issues;
  }
}

/** The contract has an invalid definition, or the handlers are not exactly its procedures. */
export class ContractError extends TypeError {
  static {
    shareAmongCopies('ContractError', this);
  }

  override readonly name = 'ContractError';
  readonly code = 'ERR_RPCUDP_CONTRACT';
  /** The procedure with the problem; undefined if the problem is in the contract as a whole. */
  readonly procedure: string | undefined;

  constructor(procedure: string | undefined, problem: string, options?: ErrorOptions) {
    super(
      `The contract${procedure === undefined ? '' : ` of ${quote(procedure)}`} ${problem}`,
      options,
    );
    this.procedure = procedure;
  }
}

function firstOf([first]: Issues): string {
  return first === undefined ? 'no reason is known' : `${first.path}: ${first.message}`;
}

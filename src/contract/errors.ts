/** What is thrown when a contract is wrong, or a value is not what its contract says. */
import { quote } from '../errors.js';
import type { Issues } from './issue.js';

/** Arguments that the procedure's contract refuses. Nothing was sent, or the procedure was not run. */
export class InvalidArgumentsError extends TypeError {
  override readonly name = 'InvalidArgumentsError';
  readonly code = 'ERR_RPCUDP_INVALID_ARGUMENTS';
  readonly procedure: string;
  /** What is wrong, and where: 1 to 8 issues, with paths such as `args[0].name`. */
  readonly issues: Issues;

  constructor(procedure: string, issues: Issues) {
    super(`The arguments of ${quote(procedure)} break its contract: ${firstOf(issues)}`, {
      cause: issues.fault,
    });
    this.procedure = procedure;
    this.issues = issues;
  }
}

/** A result that the procedure's contract refuses. The procedure was run. */
export class InvalidResultError extends TypeError {
  override readonly name = 'InvalidResultError';
  readonly code = 'ERR_RPCUDP_INVALID_RESULT';
  readonly procedure: string;
  /** What is wrong, and where: 1 to 8 issues, with paths such as `result.items[2]`. */
  readonly issues: Issues;

  constructor(procedure: string, issues: Issues) {
    super(`The result of ${quote(procedure)} breaks its contract: ${firstOf(issues)}`, {
      cause: issues.fault,
    });
    this.procedure = procedure;
    this.issues = issues;
  }
}

/** A contract that says something it cannot, or handlers that are not those of their contract. */
export class ContractError extends TypeError {
  override readonly name = 'ContractError';
  readonly code = 'ERR_RPCUDP_CONTRACT';
  /** The procedure it is about, undefined when it is about the whole contract. */
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

/** Checker: runs one schema of a contract. It gives a value or issues, whatever the schema does. */
import { messageOf } from '../errors.js';
import { SchemaError } from './schema-error.js';
import type { ContractPart } from './schema-error.js';
import { issuesOf, issuesOfFault } from './issue.js';
import type { Issues } from './issue.js';
import type { StandardSchema } from './standard-schema.js';

/** A value as its schema made it, or the issues of the value. */
export type Reading<Value = unknown> =
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly value?: undefined; readonly issues: Issues };

export class Checker {
  readonly #procedure: string;
  readonly #part: ContractPart;
  readonly #standard: StandardSchema['~standard'];

  constructor(procedure: string, part: ContractPart, standard: StandardSchema['~standard']) {
    this.#procedure = procedure;
    this.#part = part;
    this.#standard = standard;
  }

  /** Validates a value. Never throws: if the schema itself fails, that is an issue with a fault. */
  read(value: unknown): Reading {
    try {
      return this.#judge(this.#standard.validate(value));
    } catch (thrown) {
      return this.refuse(`the schema threw: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  /** The issues for a schema that failed, or that gave something invalid. */
  refuse(problem: string, options?: ErrorOptions): { readonly issues: Issues } {
    const fault = new SchemaError(this.#procedure, this.#part, problem, options);
    return { issues: issuesOfFault(this.#part, fault) };
  }

  #judge(result: unknown): Reading {
    if (typeof result !== 'object' || result === null) return this.refuse(NO_RESULT);
    if ('then' in result && typeof result.then === 'function') {
      // Nothing awaits this promise, and an unhandled rejection would end the process.
      Promise.resolve(result).catch(() => undefined);
      return this.refuse(PROMISE);
    }
    const issues = 'issues' in result ? result.issues : undefined;
    if (Array.isArray(issues)) return { issues: issuesOf(this.#part, issues) };
    if (issues !== undefined) return this.refuse('the schema gave issues that are not an array');
    return 'value' in result ? { value: result.value } : this.refuse(NO_RESULT);
  }
}

// zod runs a schema again, asynchronously, when the first run threw.
const PROMISE =
  'the schema gave a promise, but a contract takes only synchronous schemas ' +
  '(zod also gives a promise when a transform or refinement throws)';

const NO_RESULT = 'the schema gave neither a value nor issues';

/** One procedure of a contract, as the two sides of a call use it. */
import { Checker } from './checker.js';
import type { Reading } from './checker.js';
import { requireDefinition } from './definition.js';
import type { Issues } from './issue.js';

/**
 * The sender checks and sends what was given; the receiver checks and uses the schema's output. So a
 * value passes its schema once at either side, and no transform runs twice on it. None of the methods
 * throws, whatever a schema does.
 */
export class ContractedProcedure {
  readonly name: string;
  readonly idempotent: boolean;
  readonly timeoutMs: number | undefined;
  /** The most bytes of the request's body, and of the result's. */
  readonly maxBytes: number | undefined;
  readonly #args: Checker | undefined;
  readonly #result: Checker | undefined;

  /** @throws ContractError */
  constructor(name: string, definition: unknown) {
    const { args, result, idempotent, timeoutMs, maxBytes } = requireDefinition(name, definition);
    this.name = name;
    this.idempotent = idempotent ?? false;
    this.timeoutMs = timeoutMs;
    this.maxBytes = maxBytes;
    this.#args = args && new Checker(name, 'args', args['~standard']);
    this.#result = result && new Checker(name, 'result', result['~standard']);
  }

  /** What is wrong with arguments that are to be sent; undefined: nothing. */
  checkArguments(args: readonly unknown[]): Issues | undefined {
    return this.readArguments(asSent(args)).issues;
  }

  /** The arguments that a procedure is run with, of those that were received. */
  readArguments(args: readonly unknown[]): Reading<readonly unknown[]> {
    if (this.#args === undefined) return { value: args };
    const reading = this.#args.read(args);
    if (reading.issues !== undefined) return reading;
    const { value } = reading;
    if (Array.isArray(value)) return { value };
    return this.#args.refuse(`the schema gave ${typeof value}, and arguments are an array`);
  }

  /** What is wrong with a result that is to be sent; undefined: nothing. */
  checkResult(result: unknown): Issues | undefined {
    return this.readResult(result ?? null).issues;
  }

  /** The result that a call resolves to, of the one that was received. */
  readResult(result: unknown): Reading {
    return this.#result === undefined ? { value: result } : this.#result.read(result);
  }
}

/** undefined is sent as nil: what the other side would refuse is refused before it is sent. */
function asSent(args: readonly unknown[]): readonly unknown[] {
  return Array.isArray(args) && args.includes(undefined)
    ? args.map((arg: unknown) => arg ?? null)
    : args;
}

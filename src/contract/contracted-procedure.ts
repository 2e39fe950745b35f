/** Contracted procedure: the checks of one procedure, for both sides of a call. */
import { Checker } from './checker.js';
import type { Reading } from './checker.js';
import { requireDefinition } from './definition.js';
import type { Issues } from './issue.js';

/**
 * The sender checks a value but sends it unchanged. The receiver checks it and uses the schema's
 * output. So no transform is applied twice. None of the methods throws, whatever a schema does.
 */
export class ContractedProcedure {
  readonly name: string;
  readonly idempotent: boolean;
  readonly timeoutMs: number | undefined;
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

  /** Checks arguments that are to be sent. Gives undefined if nothing is wrong with them. */
  checkArguments(args: readonly unknown[]): Issues | undefined {
    return this.readArguments(asSent(args)).issues;
  }

  /** Makes the arguments that the procedure is run with from the received ones. */
  readArguments(args: readonly unknown[]): Reading<readonly unknown[]> {
    if (this.#args === undefined) return { value: args };
    const reading = this.#args.read(args);
    if (reading.issues !== undefined) return reading;
    const { value } = reading;
    if (Array.isArray(value)) return { value };
    return this.#args.refuse(`the schema gave ${typeof value}, but arguments must be an array`);
  }

  /** Checks a result that is to be sent. Gives undefined if nothing is wrong with it. */
  checkResult(result: unknown): Issues | undefined {
    return this.readResult(result ?? null).issues;
  }

  /** Makes the result that the call resolves to from the received one. */
  readResult(result: unknown): Reading {
    return this.#result === undefined ? { value: result } : this.#result.read(result);
  }
}

/** undefined is sent as nil. So it is checked as null, as the other side will check it. */
function asSent(args: readonly unknown[]): readonly unknown[] {
  return Array.isArray(args) && args.includes(undefined)
    ? args.map((arg: unknown) => arg ?? null)
    : args;
}

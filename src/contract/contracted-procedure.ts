/** Contracted procedure: the checks of one procedure, for both sides of a call. */
import { asItArrives } from '../wire/arrival.js';
import { withoutTrailing } from '../wire/request.js';
import { Checker } from './checker.js';
import type { Reading } from './checker.js';
import { requireDefinition } from './definition.js';
import type { ProcedureDefinition } from './definition.js';
import type { Issues } from './issue.js';

/**
 * The sender checks a value but sends it unchanged. The receiver checks it and uses the schema's
 * output. So no transform is applied twice. Both judge the value as it arrives. MessagePack has no
 * undefined, so a result that is nil is judged as null first, and as undefined if the schema takes
 * no null. None of the methods throws, whatever a schema does.
 */
export class ContractedProcedure {
  readonly name: string;
  readonly description: string | undefined;
  /** As they were given, for who describes the procedure. */
  readonly schemas: Pick<ProcedureDefinition, 'args' | 'result'>;
  readonly idempotent: boolean;
  readonly timeoutMs: number | undefined;
  readonly maxBytes: number | undefined;
  readonly #args: Checker | undefined;
  readonly #result: Checker | undefined;

  /** @throws ContractError */
  constructor(name: string, definition: unknown) {
    const checked = requireDefinition(name, definition);
    const { args, result, idempotent, timeoutMs, maxBytes, description } = checked;
    this.name = name;
    this.description = description;
    this.schemas = { args, result };
    this.idempotent = idempotent ?? false;
    this.timeoutMs = timeoutMs;
    this.maxBytes = maxBytes;
    this.#args = args && new Checker(name, 'args', args['~standard']);
    this.#result = result && new Checker(name, 'result', result['~standard']);
  }

  /** Checks arguments that are to be sent. Gives undefined if nothing is wrong with them. */
  checkArguments(args: readonly unknown[]): Issues | undefined {
    const arriving = this.#args && arrivalOf(withoutTrailing(args));
    return arriving && this.readArguments(arriving.value).issues;
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
    const arriving = this.#result && arrivalOf(result ?? null);
    return arriving && this.readResult(arriving.value).issues;
  }

  /** Makes the result that the call resolves to from the received one. */
  readResult(result: unknown): Reading {
    if (this.#result === undefined) return { value: result };
    const reading = this.#result.read(result);
    if (reading.issues === undefined || result !== null) return reading;
    const ofNothing = this.#result.read(undefined);
    return ofNothing.issues === undefined ? ofNothing : reading;
  }
}

/** The value as it arrives. Undefined if it cannot be sent, which the encoder explains better. */
function arrivalOf<Value>(value: Value): { readonly value: Value } | undefined {
  try {
    return { value: asItArrives(value) as Value };
  } catch {
    return undefined;
  }
}

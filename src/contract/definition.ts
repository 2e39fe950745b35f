/** Procedure definition: the rules of a contract for one procedure, and their check. */
import { MAX_TIMER_DELAY_MS } from '../time/clock.js';
import { MAX_REQUEST_BODY_BYTES } from '../wire/frame.js';
import { ContractError } from './errors.js';
import type { StandardSchema } from './standard-schema.js';

/** The most characters of a doc string. */
export const MAX_DESCRIPTION_LENGTH = 1_000;

/** The rules of a contract for one procedure. All of them are optional. */
export interface ProcedureDefinition {
  /**
   * What the procedure does, for people: 1 to 1,000 characters. An endpoint tells it if it
   * describes itself (`describe`). Default: nothing.
   */
  readonly description?: string | undefined;
  /**
   * The schema of all arguments: a tuple, or another array. The caller's side checks the arguments
   * before it sends them. The serving side checks them on arrival, and runs the procedure with the
   * schema's output. Default: any arguments, unchecked.
   */
  readonly args?: StandardSchema<readonly unknown[]> | undefined;
  /**
   * The schema of the result. The serving side checks the result before it sends it. The caller's
   * side checks it on arrival, and the call resolves to the schema's output. Default: any result,
   * unchecked.
   */
  readonly result?: StandardSchema | undefined;
  /**
   * Whether the procedure may run more than once for a call. If so, its request may be
   * retransmitted to any peer. Default false.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * The default time-out of a call and, on the serving side, the deadline of the procedure, in
   * milliseconds. An integer from 1 to 2,147,483,647. Default: the endpoint's `timeoutMs` and
   * `handlerTimeoutMs`.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * The most bytes of `[name, args]` in msgpack, checked at both sides, and of the result in
   * msgpack, checked where it is sent. The 21 bytes of type and id before it, and the header map
   * after it, are not counted. An integer from 1 to 8,192. Default: 8,192 for a request, and for a
   * result as much as one datagram carries.
   */
  readonly maxBytes?: number | undefined;
}

/** The procedures of a contract, by name. */
export type ContractDefinition = Readonly<Record<string, ProcedureDefinition>>;

/** The check of each key. Gives what is wrong with a value, or undefined. */
const PROBLEMS: {
  readonly [Key in keyof Required<ProcedureDefinition>]: (value: unknown) => string | undefined;
} = {
  args: notASchema,
  result: notASchema,
  idempotent: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  timeoutMs: notAnInteger(MAX_TIMER_DELAY_MS),
  maxBytes: notAnInteger(MAX_REQUEST_BODY_BYTES),
  description: notADescription,
};

/**
 * Checks the definition of a procedure.
 *
 * @throws ContractError that names the procedure, the key, the value and its bounds.
 */
export function requireDefinition(name: string, definition: unknown): ProcedureDefinition {
  if (name === '') throw new ContractError(name, 'has no name; a procedure needs a name');
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw new ContractError(name, `must be an object, but is ${shown(definition)}`);
  }
  const checked: Partial<Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(definition)) {
    if (!Object.hasOwn(PROBLEMS, key)) {
      const known = Object.keys(PROBLEMS).join(', ');
      throw new ContractError(name, `has the unknown key '${key}'; the keys are ${known}`);
    }
    if (value === undefined) continue;
    requireSound(name, key as keyof typeof PROBLEMS, value);
    checked[key] = value;
  }
  return checked;
}

function requireSound(name: string, key: keyof typeof PROBLEMS, value: unknown): void {
  let problem: string | undefined;
  try {
    problem = PROBLEMS[key](value);
  } catch (cause) {
    throw new ContractError(name, `has a bad '${key}': reading it threw`, { cause });
  }
  if (problem === undefined) return;
  throw new ContractError(name, `has a bad '${key}': it ${problem}, but is ${shown(value)}`);
}

/** The schemas of arktype are functions. Those of other libraries are objects. */
function notASchema(value: unknown): string | undefined {
  const hasShape =
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    '~standard' in value;
  if (!hasShape) return 'must be a Standard Schema, such as those of zod, valibot and arktype';
  const standard: unknown = value['~standard'];
  const isVersion1 =
    typeof standard === 'object' &&
    standard !== null &&
    'version' in standard &&
    standard.version === 1 &&
    'validate' in standard &&
    typeof standard.validate === 'function';
  return isVersion1 ? undefined : "must follow version 1 of the Standard Schema in its '~standard'";
}

function notADescription(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_DESCRIPTION_LENGTH
    ? undefined
    : `must be a text of 1 to ${MAX_DESCRIPTION_LENGTH} characters`;
}

function notAnInteger(most: number): (value: unknown) => string | undefined {
  return (value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
      ? undefined
      : `must be an integer from 1 to ${most}`;
}

function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    case 'function':
      return 'a function';
    default:
      return String(value);
  }
}

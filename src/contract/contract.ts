/** A contract: what two endpoints have agreed about procedures, checked at both sides. */
import type { CheckedApi, SentApi } from './api.js';
import { ContractedProcedure } from './contracted-procedure.js';
import type { ContractDefinition, ProcedureDefinition } from './definition.js';
import { ContractError } from './errors.js';
import { OptionError } from '../errors.js';
import { tested } from '../option-table.js';

/** Any contract, whatever it says. */
export interface AnyContract {
  readonly definition: ContractDefinition;
  procedure(name: string): ContractedProcedure | undefined;
  requireHandlers(names: Iterable<string>): void;
}

/** What an endpoint that serves a contract offers to those who do not check. */
export type ContractedApi<C extends AnyContract> = SentApi<C['definition']>;

/** What can be called through a peer that checks its calls by the contract. */
export type ContractApi<C extends AnyContract> = CheckedApi<C['definition']>;

export class Contract<Definition extends ContractDefinition> implements AnyContract {
  /** For types alone: what can be called by those who do not check. */
  declare readonly api: SentApi<Definition>;

  /** What was given to `defineContract`. */
  readonly definition: Definition;

  readonly #procedures = new Map<string, ContractedProcedure>();

  /** @internal Use `defineContract`. */
  constructor(definition: Definition) {
    requirePlainObject(definition);
    this.definition = definition;
    for (const [name, said] of Object.entries(definition)) {
      this.#procedures.set(name, new ContractedProcedure(name, said));
    }
  }

  /** What the contract says of a procedure; undefined when it knows none of that name. */
  procedure(name: string): ContractedProcedure | undefined {
    return this.#procedures.get(name);
  }

  /**
   * Checks that the handlers of these names serve the contract, all of it and nothing else.
   *
   * @throws ContractError naming a procedure without a handler, or a handler without a procedure.
   */
  requireHandlers(names: Iterable<string>): void {
    const offered = new Set(names);
    for (const name of this.#procedures.keys()) {
      if (!offered.delete(name)) throw new ContractError(name, 'is served by no handler');
    }
    for (const name of offered) {
      throw new ContractError(name, 'does not exist, yet there is a handler of that name');
    }
  }
}

/** A key that nobody reads, misspelt perhaps, is one that does not compile. */
type NoOtherKeys<Definition> = {
  readonly [Name in keyof Definition]: Readonly<
    Record<Exclude<keyof Definition[Name], keyof ProcedureDefinition>, never>
  >;
};

/**
 * Agrees on procedures: their arguments and results, by any schemas that follow the Standard Schema
 * (zod from 3.24, valibot 1, arktype 2), and how they may be called.
 *
 * ```ts
 * const contract = defineContract({
 *   sayhi: { args: z.tuple([z.string()]), result: z.string(), idempotent: true },
 *   forget: { args: z.tuple([z.string()]), result: z.null(), timeoutMs: 2_000, maxBytes: 1_200 },
 * });
 * const server = await createEndpoint({ contract, handlers: { sayhi: …, forget: … } });
 * const peer = client.peer('127.0.0.1:1234', contract);
 * ```
 *
 * Both sides check, for neither knows that the other does. A schema judges a value as it arrives, and
 * some values arrive as others: undefined as null, a bigint that is a safe integer as a number, a
 * Buffer as a Uint8Array. So the schema of a result that is nothing is one of null, and a procedure
 * that returns nothing satisfies it. Schemas must be synchronous.
 *
 * @throws ContractError naming the procedure and the key that is unknown, of the wrong type or out of
 * bounds.
 */
export function defineContract<Definition extends ContractDefinition>(
  definition: Definition & NoOtherKeys<Definition>,
): Contract<Definition> {
  return new Contract<Definition>(definition);
}

/** An option that is a contract. */
export const CONTRACT_OPTION = tested(
  undefined,
  'must be what defineContract gives',
  (value) => value instanceof Contract,
);

/** @throws OptionError for what is no contract. */
export function requireContract(contract: unknown): void {
  const problem = contract === undefined ? undefined : CONTRACT_OPTION.problem(contract);
  if (problem !== undefined) throw new OptionError('contract', problem);
}

function requirePlainObject(definition: unknown): void {
  const prototype: unknown =
    typeof definition === 'object' && definition !== null
      ? Object.getPrototypeOf(definition)
      : undefined;
  // An instance has its methods elsewhere, and a literal's `__proto__:` would go unread.
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ContractError(undefined, 'must be a plain object of procedures by name');
  }
}

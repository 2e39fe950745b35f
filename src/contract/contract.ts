/** Contract: an agreement of two endpoints about procedures, checked at both sides. */
import { shareAmongCopies } from '../copies/shared-class.js';
import type { CheckedApi, SentApi, offered } from './api.js';
import { ContractedProcedure } from './contracted-procedure.js';
import type { ContractDefinition, ProcedureDefinition } from './definition.js';
import { ContractError } from './errors.js';
import { OptionError } from '../errors.js';
import { tested } from '../option-table.js';

/** Any contract, whatever its procedures are. */
export interface AnyContract {
  readonly definition: ContractDefinition;
  procedure(name: string): ContractedProcedure | undefined;
  requireHandlers(names: Iterable<string>): void;
}

/** The procedures of an endpoint that serves a contract, for callers without the contract. */
export type ContractedApi<C extends AnyContract> = SentApi<C['definition']>;

/** The procedures of a peer whose calls are checked by the contract. */
export type ContractApi<C extends AnyContract> = CheckedApi<C['definition']>;

/** The contracts of other copies, made anew by this one. */
const MADE_ANEW = new WeakMap<AnyContract, AnyContract>();

export class Contract<Definition extends ContractDefinition> implements AnyContract {
  static {
    shareAmongCopies('Contract', this);
  }

  /** The procedures for callers without the contract. Exists only as a type. */
  declare readonly [offered]: SentApi<Definition>;

  /** The definition that was given to `defineContract`. */
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

  /** Another copy's class has other private members, so a contract of that copy is made anew. */
  static own(contract: AnyContract): AnyContract {
    if (#procedures in contract) return contract;
    const known = MADE_ANEW.get(contract);
    if (known !== undefined) return known;
    const anew = new Contract(contract.definition);
    MADE_ANEW.set(contract, anew);
    return anew;
  }

  /** The contract's rules for a procedure; undefined if it has no procedure of that name. */
  procedure(name: string): ContractedProcedure | undefined {
    return this.#procedures.get(name);
  }

  /**
   * Checks that these are exactly the names of the contract's procedures.
   *
   * @throws ContractError naming a procedure without a handler, or a handler without a procedure.
   */
  requireHandlers(names: Iterable<string>): void {
    const offered = new Set(names);
    for (const name of this.#procedures.keys()) {
      if (!offered.delete(name)) throw new ContractError(name, 'is not served by any handler');
    }
    for (const name of offered) {
      throw new ContractError(name, 'does not exist, but there is a handler with that name');
    }
  }
}

/** Unknown keys, such as misspelt ones, do not compile. */
type NoOtherKeys<Definition> = {
  readonly [Name in keyof Definition]: Readonly<
    Record<Exclude<keyof Definition[Name], keyof ProcedureDefinition>, never>
  >;
};

/**
 * Defines procedures for both sides: their arguments and results, and how they may be called. The
 * schemas may come from any library that follows the Standard Schema (zod from 3.24, valibot 1,
 * arktype 2).
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
 * Both sides check, because neither side knows whether the other one does. A schema gets a value in
 * the form in which it arrives. Some values arrive in another form: undefined as null, a bigint
 * that is a safe integer as a number, a Buffer as a Uint8Array. So a procedure without a result has
 * the schema of null, and a procedure that returns nothing satisfies it. Schemas must be
 * synchronous.
 *
 * @throws ContractError for a key that is unknown, of the wrong type or out of bounds. It names the
 * procedure and the key.
 */
export function defineContract<Definition extends ContractDefinition>(
  definition: Definition & NoOtherKeys<Definition>,
): Contract<Definition> {
  return new Contract<Definition>(definition);
}

export const CONTRACT_OPTION = tested(
  undefined,
  'must be a contract made by defineContract',
  (value) => value instanceof Contract,
);

/**
 * Gives the contract, or its like if another copy of this package made it.
 *
 * @throws OptionError for a value that is not a contract.
 */
export function requireContract(contract: unknown): AnyContract | undefined {
  if (contract === undefined) return undefined;
  const problem = CONTRACT_OPTION.problem(contract);
  if (problem !== undefined) throw new OptionError('contract', problem);
  return Contract.own(contract as AnyContract);
}

function requirePlainObject(definition: unknown): void {
  const prototype: unknown =
    typeof definition === 'object' && definition !== null
      ? Object.getPrototypeOf(definition)
      : undefined;
  // Only own properties are read: the methods of a class instance, and properties that a
  // `__proto__:` in a literal adds, would be ignored.
  if (prototype !== Object.prototype && prototype !== null) {
    throw new ContractError(undefined, 'must be a plain object of procedures by name');
  }
}

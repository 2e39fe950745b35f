/** Procedures: the table of the procedures that an endpoint offers. */
import type { Describe } from '../api/endpoint-options.js';
import type { Handlers, Procedure } from '../api/handlers.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import { ownProcedures } from '../description/own-procedures.js';
import type { MiddlewareChain } from './middleware-chain.js';

export interface OfferedProcedure {
  readonly name: string;
  readonly run: Procedure;
  readonly contracted: ContractedProcedure | undefined;
}

/**
 * The table in which the names in requests are looked up. It is made of Maps, so that a name from a
 * peer is never used to access a property.
 */
export class ProcedureTable {
  readonly #offered: ReadonlyMap<string, OfferedProcedure>;
  readonly #own: ReadonlyMap<string, OfferedProcedure> | undefined;

  /** @param own those of the endpoint itself, which only rpcudp endpoints may call */
  constructor(
    offered: ReadonlyMap<string, OfferedProcedure>,
    own?: ReadonlyMap<string, OfferedProcedure>,
  ) {
    this.#offered = offered;
    this.#own = own;
  }

  /** The procedure of this name, for a caller that is an rpcudp endpoint or not. */
  find(name: string, native: boolean): OfferedProcedure | undefined {
    return this.#offered.get(name) ?? (native ? this.#own?.get(name) : undefined);
  }
}

/**
 * Copies the own, enumerable properties of `handlers`. If there is a contract, they must be exactly
 * its procedures. If there is middleware, it is around each, and around what describes them.
 *
 * @throws ContractError when they are not; TypeError for a property that is not a function, or when
 * `handlers` is an instance of a class without functions among its own properties; OptionError when
 * they cannot be described as `describe` has it.
 */
export function procedureTable(
  handlers: Handlers,
  contract?: AnyContract,
  middleware?: MiddlewareChain,
  describe: Describe = false,
): ProcedureTable {
  const offered = new Map<string, OfferedProcedure>();
  const prototype: unknown = Object.getPrototypeOf(handlers);
  if (prototype !== Object.prototype && prototype !== null && Object.keys(handlers).length === 0) {
    throw new TypeError(
      "handlers has no own functions; use handlersOf(instance, 'rpc_') to offer the methods of a class",
    );
  }
  for (const [name, procedure] of Object.entries<unknown>(handlers)) {
    if (typeof procedure !== 'function') {
      throw new TypeError(`handlers.${name} must be a function, but is ${kindOf(procedure)}`);
    }
    // In a procedure, `this` is the object of handlers, as TypeScript has it.
    const bound = (procedure as Procedure).bind(handlers);
    const run = middleware === undefined ? bound : middleware.around(bound);
    offered.set(name, { name, run, contracted: contract?.procedure(name) });
  }
  contract?.requireHandlers(offered.keys());
  if (describe === false) return new ProcedureTable(offered);
  const own = ownProcedures([...offered.values()], describe).map((procedure) => {
    const { name, run } = procedure;
    return [name, middleware ? { ...procedure, run: middleware.around(run) } : procedure] as const;
  });
  return new ProcedureTable(offered, new Map(own));
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}

/** Procedures: the table of the procedures that an endpoint offers. */
import type { Handlers, Procedure } from '../api/handlers.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { MiddlewareChain } from './middleware-chain.js';

export interface OfferedProcedure {
  readonly name: string;
  readonly run: Procedure;
  readonly contracted: ContractedProcedure | undefined;
}

/**
 * The table in which the names in requests are looked up. It is a Map, so that a name from a peer
 * is never used to access a property.
 */
export type ProcedureTable = ReadonlyMap<string, OfferedProcedure>;

/**
 * Copies the own, enumerable properties of `handlers`. If there is a contract, they must be exactly
 * its procedures. If there is middleware, it is around each.
 *
 * @throws ContractError when they are not; TypeError for a property that is not a function, or when
 * `handlers` is an instance of a class without functions among its own properties.
 */
export function procedureTable(
  handlers: Handlers,
  contract?: AnyContract,
  middleware?: MiddlewareChain,
): ProcedureTable {
  const table = new Map<string, OfferedProcedure>();
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
    table.set(name, { name, run, contracted: contract?.procedure(name) });
  }
  contract?.requireHandlers(table.keys());
  return table;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}

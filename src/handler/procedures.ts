/** The procedures an endpoint offers. */
import type { Handlers, Procedure } from '../api/handlers.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';

/** A procedure that is offered, and what its contract says. */
export interface OfferedProcedure {
  readonly name: string;
  readonly run: Procedure;
  readonly contracted: ContractedProcedure | undefined;
}

/** The table that inbound requests are looked up in: never a property access with a peer's word. */
export type ProcedureTable = ReadonlyMap<string, OfferedProcedure>;

/**
 * Copies the own, enumerable properties of `handlers`; they must be the contract's, if there is one.
 *
 * @throws ContractError when they are not; TypeError naming the property that is not a function, or when
 * `handlers` is an instance of a class, whose methods are not its own.
 */
export function procedureTable(handlers: Handlers, contract?: AnyContract): ProcedureTable {
  const table = new Map<string, OfferedProcedure>();
  const prototype: unknown = Object.getPrototypeOf(handlers);
  if (prototype !== Object.prototype && prototype !== null && Object.keys(handlers).length === 0) {
    throw new TypeError(
      "handlers has no functions of its own; offer a class's methods with handlersOf(instance, 'rpc_')",
    );
  }
  for (const [name, procedure] of Object.entries<unknown>(handlers)) {
    if (typeof procedure !== 'function') {
      throw new TypeError(`handlers.${name} is not a function but ${kindOf(procedure)}`);
    }
    table.set(name, { name, run: procedure as Procedure, contracted: contract?.procedure(name) });
  }
  contract?.requireHandlers(table.keys());
  return table;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `of type ${typeof value}`;
}

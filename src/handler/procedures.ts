/** The procedures an endpoint offers, and the types that callers infer from them. */
import type { CheckedResultOf } from '../contract/api.js';
import type { AnyContract } from '../contract/contract.js';
import type { ContractedProcedure } from '../contract/contracted-procedure.js';
import type { Received } from '../wire/received.js';
import type { HandlerScope } from './scope.js';

/** A procedure: gets the scope of its request first, then the caller's positional arguments. */
export type Procedure = (scope: HandlerScope, ...args: never[]) => unknown;

/** Procedures by name, as `createEndpoint` takes them. Only own properties can be called. */
export type Handlers = Readonly<Record<string, Procedure>>;

/** The procedures of a peer about which nothing is known: any name, any arguments. */
export type AnyProcedures = Readonly<
  Record<string, (scope: HandlerScope, ...args: unknown[]) => unknown>
>;

/** The names that can be called. */
export type ProcedureName<Api> = keyof Api & string;

/** The positional arguments of a procedure. */
export type ArgumentsOf<P> = P extends (scope: never, ...args: infer Args) => unknown
  ? Readonly<Args>
  : never;

/** What the caller receives: the result as it looks after its journey. */
export type ResultOf<P> = CheckedResultOf<
  P,
  P extends (...args: never[]) => infer Result ? Received<Awaited<Result>> : never
>;

/** The procedures of a class whose methods carry a prefix, by the names that callers use. */
export type PrefixedMethods<T, Prefix extends string> = {
  readonly [
    K in keyof T as K extends `${Prefix}${infer Name}`
      ? T[K] extends Procedure
        ? Name
        : never
      : never
  ]: T[K];
};

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

/**
 * Offers the methods of an object whose names begin with `prefix`, as the Python package does with
 * `rpc_`: `rpc_sayhi` is called as `sayhi`. Inherited methods count, those of `Object` do not.
 *
 * @throws TypeError when the prefix is empty: it would offer whatever the class has.
 */
export function handlersOf<T extends object, Prefix extends string = 'rpc_'>(
  instance: T,
  prefix = 'rpc_' as Prefix,
): PrefixedMethods<T, Prefix> {
  if (prefix === '') throw new TypeError('handlersOf needs a prefix that is not empty');
  const methods = new Map<string, Procedure>();
  for (const name of methodNames(instance)) {
    if (!name.startsWith(prefix) || name === prefix) continue;
    const method = (instance as Record<string, unknown>)[name];
    if (typeof method !== 'function') continue;
    methods.set(name.slice(prefix.length), (method as Procedure).bind(instance));
  }
  return Object.fromEntries(methods) as PrefixedMethods<T, Prefix>;
}

function methodNames(instance: object): Set<string> {
  const names = new Set<string>();
  let level: object | null = instance;
  while (level !== null && level !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name);
    level = Object.getPrototypeOf(level) as object | null;
  }
  return names;
}

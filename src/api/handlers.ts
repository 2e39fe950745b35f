/** Handlers: the procedures that an endpoint serves, by name or as a contract requires them. */
import type { ArgumentsRead, ResultGiven } from '../contract/api.js';
import type { AnyContract } from '../contract/contract.js';
import type { Offered } from './procedures.js';
import type { HandlerScope, ScopeWith } from './scope.js';

/**
 * A procedure. Its first argument is the scope of the request; the caller's arguments follow.
 * `Context` is what middleware has put into the scope.
 */
export type Procedure<Context extends object = object> = (
  scope: ScopeOf<Context>,
  ...args: never[]
) => unknown;

type ScopeOf<Context extends object> = [keyof Context] extends [never]
  ? HandlerScope
  : ScopeWith<Context>;

/** Procedures by name, as `createEndpoint` takes them. Only own properties can be called. */
export type Handlers<Context extends object = object> = Readonly<
  Record<string, Procedure<Context>>
>;

/** Handlers typed by an interface, which has no index signature: `I extends OnlyProcedures<I>`. */
export type OnlyProcedures<I, Context extends object = object> = {
  readonly [Name in keyof I]: Procedure<Context>;
};

/** The methods of a class with a prefix, as procedures. Callers use names without the prefix. */
export type PrefixedMethods<T, Prefix extends string> = {
  readonly [
    K in keyof T as K extends `${Prefix}${infer Name}`
      ? T[K] extends Offered[string]
        ? Name
        : never
      : never
  ]: T[K];
};

/**
 * Exactly the handlers that a contract requires: `ContractHandlers<typeof contract>`. `Context` is
 * what middleware has put into their scopes.
 */
export type ContractHandlers<C extends AnyContract, Context extends object = object> = HandlersFor<
  C['definition'],
  Context
>;

type HandlersFor<Definition, Context extends object> = {
  readonly [Name in keyof Definition & string]: (
    scope: ScopeOf<Context>,
    ...args: ArgumentsRead<Definition[Name]>
  ) => Returned<ResultGiven<Definition[Name]>>;
};

/** Where null is a valid result, a procedure may also return nothing, which is sent as null. */
type Returned<Result> = Nothing<Result> | PromiseLike<Nothing<Result>>;

// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Nothing<Result> = null extends Result ? Result | undefined | void : Result;

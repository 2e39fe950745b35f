/** Handlers: the procedures that an endpoint serves, by name or as a contract requires them. */
import type { ArgumentsRead, ResultGiven } from '../contract/api.js';
import type { AnyContract } from '../contract/contract.js';
import type { HandlerScope } from './scope.js';

/** A procedure. Its first argument is the scope of the request; the caller's arguments follow. */
export type Procedure = (scope: HandlerScope, ...args: never[]) => unknown;

/** Procedures by name, as `createEndpoint` takes them. Only own properties can be called. */
export type Handlers = Readonly<Record<string, Procedure>>;

/** Handlers typed by an interface, which has no index signature: `I extends OnlyProcedures<I>`. */
export type OnlyProcedures<I> = { readonly [Name in keyof I]: Procedure };

/** The methods of a class with a prefix, as procedures. Callers use names without the prefix. */
export type PrefixedMethods<T, Prefix extends string> = {
  readonly [
    K in keyof T as K extends `${Prefix}${infer Name}`
      ? T[K] extends Procedure
        ? Name
        : never
      : never
  ]: T[K];
};

/** Exactly the handlers that a contract requires: `ContractHandlers<typeof contract>`. */
export type ContractHandlers<C extends AnyContract> = HandlersFor<C['definition']>;

type HandlersFor<Definition> = {
  readonly [Name in keyof Definition & string]: (
    scope: HandlerScope,
    ...args: ArgumentsRead<Definition[Name]>
  ) => Returned<ResultGiven<Definition[Name]>>;
};

/** Where null is a valid result, a procedure may also return nothing, which is sent as null. */
type Returned<Result> = Nothing<Result> | PromiseLike<Nothing<Result>>;

// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Nothing<Result> = null extends Result ? Result | undefined | void : Result;

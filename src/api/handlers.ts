/** What serves: procedures as `createEndpoint` takes them, by name or as a contract demands them. */
import type { ArgumentsRead, ResultGiven } from '../contract/api.js';
import type { AnyContract } from '../contract/contract.js';
import type { HandlerScope } from './scope.js';

/** A procedure: gets the scope of its request first, then the caller's positional arguments. */
export type Procedure = (scope: HandlerScope, ...args: never[]) => unknown;

/** Procedures by name, as `createEndpoint` takes them. Only own properties can be called. */
export type Handlers = Readonly<Record<string, Procedure>>;

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

/** The handlers that a contract demands, every one of them and none else: `ContractHandlers<typeof contract>`. */
export type ContractHandlers<C extends AnyContract> = HandlersFor<C['definition']>;

type HandlersFor<Definition> = {
  readonly [Name in keyof Definition & string]: (
    scope: HandlerScope,
    ...args: ArgumentsRead<Definition[Name]>
  ) => Returned<ResultGiven<Definition[Name]>>;
};

/** Where null is a result, returning nothing gives it. */
type Returned<Result> = Nothing<Result> | PromiseLike<Nothing<Result>>;

// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Nothing<Result> = null extends Result ? Result | undefined | void : Result;

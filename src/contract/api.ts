/** The types that the two sides of a contract infer from it. */
import type { HandlerScope } from '../handler/scope.js';
import type { ProcedureDefinition } from './definition.js';
import type { InferInput, InferOutput, StandardSchema } from './standard-schema.js';

/** Keeps what a call resolves to apart from what the procedure's type would say. */
declare const checkedResult: unique symbol;

/** A procedure whose calls resolve to `Result` as it is: a schema made it after its journey. */
interface CheckedProcedure<Args extends readonly unknown[], Result> {
  (scope: HandlerScope, ...args: Args): unknown;
  readonly [checkedResult]: Result;
}

/** What the calls of a checked procedure resolve to; `Otherwise` for any other procedure. */
export type CheckedResultOf<Procedure, Otherwise> = Procedure extends {
  readonly [checkedResult]: infer Result;
}
  ? Result
  : Otherwise;

/** The procedures as peers without the contract see them: arguments and results as they are sent. */
export type SentApi<Definition> = {
  readonly [Name in keyof Definition & string]: (
    scope: HandlerScope,
    ...args: ArgumentsGiven<Definition[Name]>
  ) => ResultGiven<Definition[Name]>;
};

/** The procedures as those call them who check: results are what the schema made of them. */
export type CheckedApi<Definition> = {
  readonly [Name in keyof Definition & string]: CheckedProcedure<
    ArgumentsGiven<Definition[Name]>,
    ResultRead<Definition[Name]>
  >;
};

/** The functions that serve the procedures: every one of them, and none else. */
export type HandlersFor<Definition> = {
  readonly [Name in keyof Definition & string]: (
    scope: HandlerScope,
    ...args: ArgumentsRead<Definition[Name]>
  ) => Returned<ResultGiven<Definition[Name]>>;
};

/** Where null is a result, returning nothing gives it. */
type Returned<Result> = Nothing<Result> | PromiseLike<Nothing<Result>>;

// eslint-disable-next-line @typescript-eslint/no-invalid-void-type
type Nothing<Result> = null extends Result ? Result | undefined | void : Result;

type ArgumentsGiven<Definition> = Arguments<InputOf<SchemaIn<Definition, 'args'>>>;
type ArgumentsRead<Definition> = Arguments<OutputOf<SchemaIn<Definition, 'args'>>>;
type ResultGiven<Definition> = InputOf<SchemaIn<Definition, 'result'>>;
type ResultRead<Definition> = OutputOf<SchemaIn<Definition, 'result'>>;

type SchemaIn<Definition, Part extends keyof ProcedureDefinition> =
  Definition extends Readonly<Record<Part, infer Schema>> ? Schema : undefined;

type InputOf<Schema> = Schema extends StandardSchema ? InferInput<Schema> : unknown;
type OutputOf<Schema> = Schema extends StandardSchema ? InferOutput<Schema> : unknown;

/** Without a schema the arguments are any. */
type Arguments<T> = T extends readonly unknown[] ? T : unknown[];

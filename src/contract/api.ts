/** The types that the two sides of a contract infer from it. What scope a procedure has is its server's to know. */
import type { ProcedureDefinition } from './definition.js';
import type { InferInput, InferOutput, StandardSchema } from './standard-schema.js';

/** Keeps what a call resolves to apart from what the procedure's type would say. */
declare const checkedResult: unique symbol;

/** A procedure whose calls resolve to `Result` as it is: a schema made it after its journey. */
interface CheckedProcedure<Args extends readonly unknown[], Result> {
  (scope: unknown, ...args: Args): unknown;
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
    scope: unknown,
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

type ArgumentsGiven<Definition> = Arguments<InputOf<SchemaIn<Definition, 'args'>>>;
/** The arguments a procedure is run with: what its schema made of them. */
export type ArgumentsRead<Definition> = Arguments<OutputOf<SchemaIn<Definition, 'args'>>>;
/** What a procedure may give. */
export type ResultGiven<Definition> = InputOf<SchemaIn<Definition, 'result'>>;
type ResultRead<Definition> = OutputOf<SchemaIn<Definition, 'result'>>;

type SchemaIn<Definition, Part extends keyof ProcedureDefinition> =
  Definition extends Readonly<Record<Part, infer Schema>> ? Schema : undefined;

type InputOf<Schema> = Schema extends StandardSchema ? InferInput<Schema> : unknown;
type OutputOf<Schema> = Schema extends StandardSchema ? InferOutput<Schema> : unknown;

/** Without a schema the arguments are any. */
type Arguments<T> = T extends readonly unknown[] ? T : unknown[];

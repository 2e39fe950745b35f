/**
 * Contract types: what the caller's side and the serving side infer from a contract. The scope of a
 * procedure is `unknown` here, because only the serving side knows its type.
 */
import type { ProcedureDefinition } from './definition.js';
import type { InferInput, InferOutput, StandardSchema } from './standard-schema.js';

/**
 * The key of a type-only property that holds what an endpoint or a contract offers. A symbol, because
 * users may have a procedure of any name.
 */
export declare const offered: unique symbol;

/**
 * The key of a type-only property that holds the result of a call. It keeps this result apart from
 * the return type of the procedure.
 */
declare const checkedResult: unique symbol;

/** A procedure whose calls resolve to exactly `Result`: a schema makes it after decoding. */
interface CheckedProcedure<Args extends readonly unknown[], Result> {
  (scope: unknown, ...args: Args): unknown;
  readonly [checkedResult]: Result;
}

/** The result of a checked procedure's calls; `Otherwise` for any other procedure. */
export type CheckedResultOf<Procedure, Otherwise> = Procedure extends {
  readonly [checkedResult]: infer Result;
}
  ? Result
  : Otherwise;

/** The procedures for callers without the contract: arguments and results as they are sent. */
export type SentApi<Definition> = {
  readonly [Name in keyof Definition & string]: (
    scope: unknown,
    ...args: ArgumentsGiven<Definition[Name]>
  ) => ResultGiven<Definition[Name]>;
};

/** The procedures for callers that check by the contract: results as the schema makes them. */
export type CheckedApi<Definition> = {
  readonly [Name in keyof Definition & string]: CheckedProcedure<
    ArgumentsGiven<Definition[Name]>,
    ResultRead<Definition[Name]>
  >;
};

type ArgumentsGiven<Definition> = Arguments<InputOf<SchemaIn<Definition, 'args'>>>;
export type ArgumentsRead<Definition> = Arguments<OutputOf<SchemaIn<Definition, 'args'>>>;
/** What a procedure may return. */
export type ResultGiven<Definition> = InputOf<SchemaIn<Definition, 'result'>>;
type ResultRead<Definition> = OutputOf<SchemaIn<Definition, 'result'>>;

type SchemaIn<Definition, Part extends keyof ProcedureDefinition> =
  Definition extends Readonly<Record<Part, infer Schema>> ? Schema : undefined;

type InputOf<Schema> = Schema extends StandardSchema ? InferInput<Schema> : unknown;
type OutputOf<Schema> = Schema extends StandardSchema ? InferOutput<Schema> : unknown;

/** Without a schema, any arguments are allowed. */
type Arguments<T> = T extends readonly unknown[] ? T : unknown[];

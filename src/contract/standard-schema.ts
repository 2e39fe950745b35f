/**
 * Standard Schema, version 1 (https://standardschema.dev): the interface that zod from 3.24,
 * valibot 1, arktype 2 and other libraries share. Only the types are declared here, so that no
 * schema library is a dependency.
 *
 * The types are declared again here, which their authors allow. If our declarations imported
 * `@standard-schema/spec`, every user would have to install it. The compiler proves in
 * `test/contract/standard-schema.test.ts` that each interface can be used as the other.
 */

/** A schema. It turns an `Input` into an `Output`, or lists what is wrong. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    /** The library that made the schema. */
    readonly vendor: string;
    /** Asynchronous schemas give a promise. A contract does not accept them. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** Exists only as a type. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** The result of `validate`: a value, or the list of what is wrong. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong, and the keys that lead to it, starting at the validated value. */
interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The input that a schema accepts. */
export type InferInput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];

/** The output of a schema: defaults are filled in, transforms are applied. */
export type InferOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

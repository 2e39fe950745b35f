/**
 * Standard Schema, version 1 (https://standardschema.dev): what zod from 3.24, valibot 1, arktype 2 and
 * others have in common. Only the shape matters here, so that no schema library is a dependency.
 *
 * The shape is written down again, as its authors allow: `@standard-schema/spec` in our
 * declarations would be a dependency of everybody who installs this. That either is taken for the
 * other is proved by `test/contract/standard-schema.test.ts`.
 */

/** A schema: it takes an `Input` and makes an `Output` of it, or says what is wrong. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    /** Which library made the schema. */
    readonly vendor: string;
    /** A promise is what asynchronous schemas give; a contract has no use for those. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** For types alone. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What `validate` gives: a value, or what is wrong. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong, and the keys that lead to it from the value that was validated. */
interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema accepts. */
export type InferInput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];

/** What a schema makes of it: defaults filled in, transforms applied. */
export type InferOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/**
 * JSON Schema of a contract's schema, where its library can tell it: zod from 4.2, arktype 2.1.28,
 * valibot by `toStandardJsonSchema`, and all others that follow the Standard JSON Schema
 * (https://standardschema.dev/json-schema).
 */
import type { StandardSchema } from '../contract/standard-schema.js';
import { encodeBody } from '../wire/encoder.js';
import type { JsonSchema, Omission } from './description.js';

/** The most bytes of a JSON Schema in msgpack, so that two of them and a doc string fit a reply. */
const MAX_SCHEMA_BYTES = 4_096;

class SchemaTooLargeError extends RangeError {}

/** The JSON Schema, or why it is not told. */
export type ToldSchema =
  | { readonly schema: JsonSchema; readonly omission?: undefined }
  | { readonly schema?: undefined; readonly omission: Omission };

/**
 * The JSON Schema (draft 2020-12) of what a schema takes, for that is what is sent. Never throws,
 * whatever the schema's library does.
 */
export function jsonSchemaOf(schema: StandardSchema): ToldSchema {
  try {
    const { jsonSchema } = schema['~standard'] as { readonly jsonSchema?: Converter };
    if (jsonSchema === undefined) return { omission: 'untold' };
    const told = plain(jsonSchema.input({ target: 'draft-2020-12' }));
    // As deep as it will be in its reply.
    encodeBody({ told }, { name: 'schema', ownLists: 0 }, MAX_SCHEMA_BYTES, tooLarge);
    return { schema: told };
  } catch (error) {
    return { omission: error instanceof SchemaTooLargeError ? 'tooLarge' : 'untold' };
  }
}

interface Converter {
  readonly input: (options: { readonly target: 'draft-2020-12' }) => unknown;
}

/** Without what is no JSON, such as functions, and without its dialect, which is known. */
function plain(given: unknown): JsonSchema {
  const told: unknown = JSON.parse(JSON.stringify(given));
  if (typeof told === 'boolean') return told;
  if (typeof told !== 'object' || told === null || Array.isArray(told)) {
    throw new TypeError('not a JSON Schema');
  }
  const { $schema, ...schema } = told as Record<string, unknown>;
  return schema;
}

function tooLarge(bytes: number): SchemaTooLargeError {
  return new SchemaTooLargeError(`${bytes} bytes`);
}

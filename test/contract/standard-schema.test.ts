/**
 * Our interface of Standard Schema equals that of `@standard-schema/spec`: each can be used as the
 * other. The compiler is the test.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import t from 'tap';
import type {
  InferInput,
  InferOutput,
  StandardResult,
  StandardSchema,
} from '../../src/contract/standard-schema.js';
import { schemaOf } from '../fixtures/schemas.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

/** Users give schemas of the specification to `defineContract`, and our schemas to other code. */
function ofSpec(schema: StandardSchemaV1<string, number>): StandardSchema<string, number> {
  return schema;
}
function forSpec(schema: StandardSchema<string, number>): StandardSchemaV1<string, number> {
  return schema;
}
/** A contract also takes schemas with unknown types. */
function anyOfSpec(schema: StandardSchemaV1): StandardSchema {
  return schema;
}
function anyForSpec(schema: StandardSchema): StandardSchemaV1 {
  return schema;
}
/** The results can be used as each other, too. */
function resultOfSpec(result: StandardSchemaV1.Result<number>): StandardResult<number> {
  return result;
}
function resultForSpec(result: StandardResult<number>): StandardSchemaV1.Result<number> {
  return result;
}
function notJustAny(schema: StandardSchemaV1<string, number>): void {
  // @ts-expect-error The output is a number, not a string.
  schema satisfies StandardSchema<string, string>;
  // @ts-expect-error The input is a string, not a number.
  schema satisfies StandardSchema<number, number>;
  // @ts-expect-error Version 2 is not supported.
  ({ '~standard': { ...schema['~standard'], version: 2 } }) satisfies StandardSchema;
}

type Spec = StandardSchemaV1<string, number>;
type Ours = StandardSchema<string, number>;

type Inferred = [
  Expect<Equal<InferInput<Spec>, string>>,
  Expect<Equal<InferOutput<Spec>, number>>,
  Expect<Equal<StandardSchemaV1.InferInput<Ours>, string>>,
  Expect<Equal<StandardSchemaV1.InferOutput<Ours>, number>>,
];

t.test('a schema can be used as the other interface, and back', async (t) => {
  const schema = schemaOf<string, number>((text) => ({ value: Number(text) }));
  t.equal(ofSpec(forSpec(schema)), schema);
  t.equal(anyOfSpec(anyForSpec(schema)), schema);
  const result = { value: 1 };
  t.equal(resultOfSpec(resultForSpec(result)), result);
  t.type(notJustAny, 'function');
  t.pass('this file compiles' satisfies Inferred extends unknown[] ? string : never);
});

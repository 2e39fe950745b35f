import t from 'tap';
import { signatureOf } from '../../src/cli/signature.js';
import type { JsonSchema } from '../../src/description/description.js';

const of = (args?: JsonSchema, result?: JsonSchema): string =>
  signatureOf({ name: 'p', idempotent: false, args, result });

const one = (schema: JsonSchema): string => of(undefined, schema).replace('p(…) → ', '');

t.test('a signature has the arguments in order, and what is optional', async (t) => {
  const text = { type: 'string' };
  t.equal(of(), 'p(…)');
  t.equal(of({ type: 'array', items: false }), 'p()');
  t.equal(of({ prefixItems: [text, { type: 'number' }], minItems: 1 }), 'p(string, number?)');
  t.equal(of({ prefixItems: [text], minItems: 1, items: text }), 'p(string, ...string[])');
  t.equal(of({ items: text }), 'p(...string[])');
  const named = [
    { ...text, title: 'name' },
    { ...text, title: 'times' },
    { ...text, title: 'a b' },
  ];
  t.equal(of({ prefixItems: named, minItems: 1 }), 'p(name: string, times?: string, string?)');
  t.equal(
    of({ prefixItems: Array.from({ length: 9 }, () => text), minItems: 9, items: false }),
    'p(string, string, string, string, string, string, …)',
  );
  for (const args of [true, false, {}, { prefixItems: 5 }]) t.equal(of(args), 'p(…)');
});

t.test('types are written as short as they can be', async (t) => {
  const table: readonly (readonly [schema: JsonSchema, text: string])[] = [
    [{ type: 'string' }, 'string'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 1, null, {}] }, '"a" | 1 | null | …'],
    [{ const: true }, 'true'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: 'array', items: { type: 'string' } }, 'string[]'],
    [{ type: 'array', items: { type: ['string', 'null'] } }, '(string | null)[]'],
    [{ type: 'object', properties: { a: {}, b: {} } }, '{ a, b }'],
    [{ type: 'object' }, 'object'],
    [{ $ref: '#/$defs/x' }, 'any'],
    [{}, 'any'],
    [true, 'any'],
    [false, 'never'],
  ];
  for (const [schema, text] of table) t.equal(one(schema), text, JSON.stringify(schema));
});

t.test('a hostile schema gives one short line that cannot control the terminal', async (t) => {
  let deep: JsonSchema = {};
  for (let depth = 0; depth < 30; depth += 1) deep = { anyOf: [deep, deep] };
  const nasty = 'a\u001b[2J\n\u202e';
  const wide = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`${nasty}${index}`, {}]),
  );
  for (const schema of [
    deep,
    { type: nasty },
    { const: nasty.repeat(1_000) },
    { type: 'object', properties: wide },
    { type: 'array', items: deep },
    { enum: Array.from({ length: 10_000 }, () => nasty) },
  ]) {
    const line = of({ prefixItems: [schema], minItems: 1, items: schema }, schema);
    t.notMatch(line, /\p{Cc}|\p{Cf}/u);
    t.ok(line.length < 2_000, `${line.length} characters`);
  }
});

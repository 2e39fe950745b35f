/** Arguments are held to JSON Schema of strangers, which may be anything. */
import t from 'tap';
import { type } from 'arktype';
import { z } from 'zod';
import { checkBySchema } from '../../src/cli/schema-check.js';
import type { JsonSchema } from '../../src/description/description.js';
import type { StandardSchema } from '../../src/contract/standard-schema.js';
import { jsonSchemaOf } from '../../src/description/json-schema.js';

const told = (schema: StandardSchema): JsonSchema => jsonSchemaOf(schema).schema ?? false;

const USER = z.object({ name: z.string(), tags: z.array(z.string()) });
const GREET = z.tuple([USER, z.int().min(1).optional()]);

t.test('arguments that fit are let through', async (t) => {
  const user = { name: 'Snake', tags: ['a'] };
  for (const args of [[user], [user, 1], [{ ...user, more: 1 }]]) {
    t.same(checkBySchema(args, told(GREET)), { kind: 'fits' });
  }
  t.same(checkBySchema([], true), { kind: 'fits' });
  t.same(checkBySchema([5], {}), { kind: 'fits' });
});

t.test('what does not fit is named, with the rule that it breaks', async (t) => {
  const user = { name: 'Snake', tags: ['a'] };
  const table: readonly (readonly [args: unknown[], at: string, rule: string])[] = [
    [[], 'args', 'minItems'],
    [[5], 'args[0]', 'type'],
    [[{ ...user, name: 5 }], 'args[0].name', 'type'],
    [[{ ...user, tags: ['a', 5] }], 'args[0].tags[1]', 'type'],
    [[{ tags: [] }], 'args[0]', 'required'],
    [[user, 0], 'args[1]', 'minimum'],
    [[user, 1.5], 'args[1]', 'type'],
    [[user, 1, 2], 'args', 'maxItems'],
  ];
  for (const [args, at, rule] of table) {
    t.match(checkBySchema(args, told(GREET)), { kind: 'breaks', at, rule }, JSON.stringify(args));
  }
  const either = told(z.tuple([z.union([z.string(), z.object({ name: z.string() })])]));
  t.match(checkBySchema([null], either), { at: 'args[0]', rule: 'anyOf' });
  const tree = told(type([{ 'next?': 'string' }]));
  t.match(checkBySchema([{ next: 1 }], tree), { at: 'args[0].next' });
});

t.test('references within the schema are followed', async (t) => {
  const Tree = z.object({
    value: z.number(),
    get children() {
      return z.array(Tree);
    },
  });
  const schema = told(z.tuple([Tree]));
  t.ok(JSON.stringify(schema).includes('$ref'));
  const leaf = { value: 1, children: [] };
  t.same(checkBySchema([{ value: 1, children: [leaf, leaf] }], schema), { kind: 'fits' });
  t.match(checkBySchema([{ value: 1, children: [leaf, { ...leaf, value: 'x' }] }], schema), {
    at: 'args[0].children[1].value',
    rule: 'type',
  });
});

t.test('a format is a note, and does not keep a call from being made', async (t) => {
  for (const format of ['email', 'uri', 'date-time', 'regex', 'uuid']) {
    t.same(checkBySchema(['('], { prefixItems: [{ format }] }), { kind: 'fits' }, format);
  }
});

t.test('what JSON does not have is left to the peer', async (t) => {
  const schema = { items: { type: 'string' } };
  for (const value of [1n, Uint8Array.of(1), new Date(0), NaN, new Map(), [Infinity]]) {
    t.same(checkBySchema([value], schema), { kind: 'fits' });
  }
});

t.test('a hostile schema costs a second at most, and then nothing is checked', async (t) => {
  const text = `${'a'.repeat(40)}!`;
  const fanOut: Record<string, object> = { last: { type: 'array' } };
  for (let level = 0; level < 40; level += 1) {
    const next = { $ref: `#/$defs/${level === 39 ? 'last' : `d${level + 1}`}` };
    fanOut[`d${level}`] = { allOf: [next, next] };
  }
  const slow: readonly JsonSchema[] = [
    { items: { pattern: '^(a+)+$' } },
    { items: { type: 'string', patternProperties: {}, pattern: '(a|a)*$' } },
    { $defs: fanOut, $ref: '#/$defs/d0' },
  ];
  for (const schema of slow) {
    t.same(checkBySchema([text], schema), {
      kind: 'unchecked',
      reason: 'it takes more than 1000 ms',
    });
  }
  const broken: readonly JsonSchema[] = [
    { $ref: '#' },
    { $ref: 'http://127.0.0.1:9/schema.json' },
    { $id: 'http://[', $ref: 'x' },
    { items: { pattern: '(' } },
    { items: { enum: 'x' } },
    { prefixItems: [null] },
  ];
  for (const schema of broken) {
    const verdict = checkBySchema([text], schema);
    t.match(verdict, { kind: 'unchecked', reason: /^.{1,200}$/u }, JSON.stringify(schema));
  }
});

t.test('what a stranger writes cannot control the terminal', async (t) => {
  const nasty = 'a\u001b[2J\n\u202e';
  for (const schema of [
    { items: { const: nasty } },
    { items: { required: [nasty], type: 'object' } },
    { $ref: nasty },
    { items: { pattern: `(${nasty}` } },
  ]) {
    const verdict = checkBySchema([{}, 'x'], schema);
    t.not(verdict.kind, 'fits');
    for (const text of Object.values(verdict)) t.notMatch(text, /\p{Cc}|\p{Cf}/u);
  }
});

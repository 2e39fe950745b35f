import { isDeepStrictEqual } from 'node:util';
import { ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { formatJson, isJson, parseJson } from '../../src/legible/json.js';
import { PreciseDate } from '../../src/wire/timestamp.js';

t.test('integers keep their digits, where JSON.parse would round', async (t) => {
  t.equal(parseJson('9007199254740991'), 9007199254740991);
  t.equal(parseJson('9007199254740993'), 9007199254740993n);
  t.equal(parseJson('-18446744073709551615'), -18446744073709551615n);
  t.strictSame(parseJson('{"a":[9007199254740993,1e20,"9007199254740993"]}'), {
    a: [9007199254740993n, 1e20, '9007199254740993'],
  });
});

/** What JSON.parse would make of it. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? Number(value) : value;

t.test('all other values are read as JSON.parse reads them', async () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, space) => {
      const value: unknown = JSON.parse(json);
      const read = parseJson(JSON.stringify(value, null, space));
      return JSON.stringify(read, rounded) === JSON.stringify(value);
    }),
  );
});

t.test('a value that is printed and read again is the same value', async () => {
  const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }),
      fc.constantFrom('hex:', 'hex:zz', 'base64:AA==', 'text:text:', 'date:', 'bigint:5'),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
      fc.uint8Array(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(anyValue, (value) => {
      const json = formatJson(value);
      return isJson(json) && isDeepStrictEqual(parseJson(json), value);
    }),
  );
});

t.test('values that JSON cannot express are printed as documented', async (t) => {
  const printed: readonly (readonly [unknown, string])[] = [
    [18446744073709551615n, '18446744073709551615'],
    [Uint8Array.of(0, 255), '"hex:00ff"'],
    ['hex:00ff', '"text:hex:00ff"'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new PreciseDate(5, 6000), '"1970-01-01T00:00:00.005006000Z"'],
    [new Map<unknown, unknown>([[1, 'a']]), '[[1, "a"]]'],
    [new ExtData(5, Uint8Array.of(1)), '{ "type": 5, "data": "hex:01" }'],
    [[NaN, -Infinity, -0, 1e20], '["NaN", "-Infinity", -0, 1e+20]'],
    [{ a: undefined, b: [], c: {} }, '{ "b": [], "c": {} }'],
    ['\u001b[2J\u202e\u{e0001}é', '"\\u001b[2J\\u202e\\udb40\\udc01é"'],
  ];
  for (const [value, json] of printed) t.equal(formatJson(value), json);
});

t.test('what does not fit into 80 columns is broken into lines, from the outside in', async (t) => {
  t.equal(
    formatJson({ long: 'x'.repeat(70), short: [1, { a: 2 }] }),
    `{\n  "long": "${'x'.repeat(70)}",\n  "short": [1, { "a": 2 }]\n}`,
  );
});

t.test('a number or a nesting that cannot be sent is refused in a sentence', async (t) => {
  t.throws(() => parseJson('[1e999]'), { message: /^1e999 is beyond the largest number/ });
  const deep = '['.repeat(40_000) + ']'.repeat(40_000);
  t.throws(() => parseJson(deep), { message: 'arrays and objects nest deeper than 32' });
});

t.test('__proto__ is a key like any other', async (t) => {
  t.ok(Object.hasOwn(parseJson('{"__proto__":1}') as object, '__proto__'));
});

import { ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { parseArguments, parseHeader } from '../../../src/cli/arguments.js';
import { commandLine } from '../../../src/inspector/recorder/command-line.js';
import { PreciseDate } from '../../../src/wire/timestamp.js';
import type { CallHeaders } from '../../../src/wire/headers.js';

const said = (args: readonly unknown[]) => ({
  ...{ peer: '127.0.0.1:1234', procedure: 'echo', args },
  ...{ headers: undefined, timeoutMs: 700, maxAttempts: undefined },
});
const wordsOf = (...args: readonly unknown[]) => commandLine(said(args));
const CALL = ['call', '127.0.0.1:1234', '--timeout', '700'];

t.test('a call is written as words of the command', async (t) => {
  t.strictSame(wordsOf('a b', 1, { c: [null] }), [
    ...[...CALL, 'echo'],
    ...['"a b"', '1', '{ "c": [null] }'],
  ]);
  t.strictSame(wordsOf(-1), [...CALL, '--', 'echo', '-1']);
  t.strictSame(wordsOf(Uint8Array.of(0, 255)), [...CALL, 'echo', '"hex:00ff"']);
  t.strictSame(wordsOf(new Date(0), 5n), [
    ...[...CALL, 'echo'],
    ...['"date:1970-01-01T00:00:00.000Z"', '"bigint:5"'],
  ]);
  t.strictSame(commandLine({ ...said([]), maxAttempts: 3 }), [
    ...[...CALL, '--attempts', '3', 'echo'],
  ]);
});

t.test('headers are options, each with its value as the command reads it', async (t) => {
  const headers = { a: 'b c', b: 'text:x', c: Uint8Array.of(7), d: '-x=y', e: undefined };
  const words = commandLine({ ...said([-1]), headers }) ?? [];
  t.strictSame(words, [
    ...[...CALL, '--header', 'a=b c', '--header', 'b=text:text:x'],
    ...['--header', 'c=hex:07', '--header', 'd=-x=y', '--', 'echo', '-1'],
  ]);
  const given = words.filter((_, index) => words[index - 1] === '--header');
  const read = given.reduce<CallHeaders>((headers, word) => parseHeader(word, headers), {});
  t.strictSame(read, { a: 'b c', b: 'text:x', c: Uint8Array.of(7), d: '-x=y' });
});

t.test('a call that words cannot express has no command', async (t) => {
  for (const value of [NaN, Infinity, new Map([[1, 2]]), new ExtData(1, new Uint8Array())]) {
    t.equal(wordsOf(value), undefined);
    t.equal(wordsOf([{ in: value }]), undefined);
  }
});

const value = fc.oneof(
  { depthSize: 'small' },
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.date({ noInvalidDate: true }),
  fc
    .tuple(fc.integer(), fc.integer({ min: 1, max: 999_999 }))
    .map(([epochMs, finer]) => new PreciseDate(epochMs, finer)),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array(),
  fc.constantFrom(
    'hex:zz',
    'text:',
    'base64:!',
    'date:x',
    'bigint:x',
    '-x',
    '12',
    'true',
    '"',
    '__proto__',
  ),
);
const { node } = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    value,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

t.test('the command reads the words as the same arguments', async (t) => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), (args) => {
      const words = wordsOf(...args)?.filter((word, index) => index > 4 || word !== '--') ?? [];
      const parsed = parseArguments(words.slice(words.indexOf('echo') + 1));
      return t.strictSame(parsed, args);
    }),
  );
});

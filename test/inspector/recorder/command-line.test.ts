import { ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { parseArguments, parseHeader } from '../../../src/cli/arguments.js';
import { commandLine } from '../../../src/inspector/recorder/command-line.js';
import type { CallHeaders } from '../../../src/wire/headers.js';

const wordsOf = (...args: readonly unknown[]) =>
  commandLine({ peer: '127.0.0.1:1234', procedure: 'echo', args });

t.test('a call is written as words of the command', async (t) => {
  t.strictSame(wordsOf('a b', 1, { c: [null] }), [
    ...['call', '127.0.0.1:1234', 'echo'],
    ...['"a b"', '1', '{ "c": [null] }'],
  ]);
  t.strictSame(wordsOf(-1), ['call', '127.0.0.1:1234', '--', 'echo', '-1']);
  t.strictSame(wordsOf(Uint8Array.of(0, 255)), ['call', '127.0.0.1:1234', 'echo', '"hex:00ff"']);
});

t.test('headers are options, each with its value as the command reads it', async (t) => {
  const headers = { a: 'b c', b: 'text:x', c: Uint8Array.of(7), d: '-x=y', e: undefined };
  const words = commandLine({ peer: '127.0.0.1:1', procedure: 'p', args: [-1], headers }) ?? [];
  t.strictSame(words, [
    ...['call', '127.0.0.1:1', '--header', 'a=b c', '--header', 'b=text:text:x'],
    ...['--header', 'c=hex:07', '--header', 'd=-x=y', '--', 'p', '-1'],
  ]);
  const said = words.filter((_, index) => words[index - 1] === '--header');
  const read = said.reduce<CallHeaders>((given, word) => parseHeader(word, given), {});
  t.strictSame(read, { a: 'b c', b: 'text:x', c: Uint8Array.of(7), d: '-x=y' });
});

t.test('a call that words cannot express has no command', async (t) => {
  for (const value of [
    NaN,
    Infinity,
    new Date(0),
    new Map([[1, 2]]),
    new ExtData(1, new Uint8Array()),
  ]) {
    t.equal(wordsOf(value), undefined);
    t.equal(wordsOf([{ in: value }]), undefined);
  }
});

const value = fc.oneof(
  { depthSize: 'small' },
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array(),
  fc.constantFrom('hex:zz', 'text:', 'base64:!', '-x', '12', 'true', '"', '__proto__'),
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
      const words = wordsOf(...args)?.filter((word, index) => index > 2 || word !== '--') ?? [];
      const parsed = parseArguments(words.slice(words.indexOf('echo') + 1));
      return t.strictSame(parsed, args);
    }),
  );
});

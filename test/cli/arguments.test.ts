import t from 'tap';
import { PreciseDate } from '../../src/wire/timestamp.js';
import { parseArguments, parseHeader, parseWholeNumber } from '../../src/cli/arguments.js';

t.test('a word that is valid JSON is JSON, any other is a string', async (t) => {
  const table: readonly (readonly [word: string, value: unknown])[] = [
    ['5', 5],
    ['-1.5', -1.5],
    [' 2e3 ', 2000],
    ['007', '007'],
    ['+5', '+5'],
    ['NaN', 'NaN'],
    ['9007199254740993', 9007199254740993n],
    ['true', true],
    ['True', 'True'],
    ['null', null],
    ['', ''],
    ['Snake', 'Snake'],
    ['two words', 'two words'],
    ['"5"', '5'],
    ['[1,"a"]', [1, 'a']],
    ['[1,', '[1,'],
    ["{'a':1}", "{'a':1}"],
    ['{"a":{"b":[]}}', { a: { b: [] } }],
    ['hex:', new Uint8Array()],
    ['hex:00fF', Uint8Array.of(0, 255)],
    ['hex:0x00:ff', Uint8Array.of(0, 255)],
    ['base64:AP8=', Uint8Array.of(0, 255)],
    ['base64:AP8', Uint8Array.of(0, 255)],
    ['base64:_-8=', Uint8Array.of(255, 239)],
    ['["hex:01","base64:AQ==","text:hex:01"]', [Uint8Array.of(1), Uint8Array.of(1), 'hex:01']],
    ['{"hex:01":"hex:01"}', { 'hex:01': Uint8Array.of(1) }],
    ['date:2026-12-01', new Date(Date.UTC(2026, 11, 1))],
    ['date:2026-12-01T10:30:00.5+01:00', new Date(Date.UTC(2026, 11, 1, 9, 30, 0, 500))],
    ['["date:1970-01-01T00:00:00.005006Z"]', [new PreciseDate(5, 6_000)]],
    ['bigint:-5', -5n],
    ['{"a":"bigint:5"}', { a: 5n }],
    ['text:date:2026', 'date:2026'],
    ['text:5', '5'],
    ['text:hex:00', 'hex:00'],
    ['HEX:00', 'HEX:00'],
  ];
  for (const [word, value] of table) t.strictSame(parseArguments([word]), [value], word);
});

t.test('an error in prefixed text names the argument and the fault', async (t) => {
  const table: readonly (readonly [word: string, message: string])[] = [
    ['hex:0g', 'argument 2: "0g" is not hexadecimal: it has "g"'],
    ['hex:000', 'argument 2: "000" has an odd number of hexadecimal digits, 3; a byte has two'],
    ['"hex:\\u001b"', 'argument 2: "\\u{1b}" is not hexadecimal: it has "\\u{1b}"'],
    ['base64:A', 'argument 2: "A" is not base64'],
    ['base64:A!==', 'argument 2: "A!==" is not base64'],
    ['date:today', 'argument 2: "today" is not a date in ISO 8601'],
    ['date:2026-13-01', 'argument 2: "2026-13-01" is not a date in ISO 8601'],
    ['bigint:5.5', 'argument 2: "5.5" is not an integer'],
    ['[["base64:QR=="]]', 'argument 2: "QR==" is not base64'],
  ];
  for (const [word, message] of table) t.throws(() => parseArguments(['1', word]), { message });
});

t.test('an option for numbers takes only digits', async (t) => {
  t.equal(parseWholeNumber('0500'), 500);
  for (const word of ['', '-1', '1.5', '1e3', '0x10', 'ten', ' 1']) {
    t.throws(() => parseWholeNumber(word), { message: 'It is not a whole number.' }, word);
  }
});

t.test('an option for headers takes names with their values, each name once', async (t) => {
  t.strictSame(parseHeader('a=b'), { a: 'b' });
  t.strictSame(parseHeader('a=', { b: 'c' }), { b: 'c', a: '' });
  t.strictSame(parseHeader('a=b=c'), { a: 'b=c' });
  t.strictSame(parseHeader('a=5'), { a: '5' });
  t.strictSame(parseHeader('a=two\nlines'), { a: 'two\nlines' });
  t.strictSame(parseHeader('a=hex:00ff'), { a: Uint8Array.of(0, 255) });
  t.strictSame(parseHeader('a=text:hex:00'), { a: 'hex:00' });
  t.strictSame(parseHeader('a=date:2026-12-01'), { a: 'date:2026-12-01' }, 'text or bytes');
  for (const word of ['', 'a', '=b']) {
    t.throws(() => parseHeader(word), { message: 'It is not name=value.' }, word);
  }
  t.throws(() => parseHeader('a=c', { a: 'b' }), { message: 'It is there twice.' });
  t.throws(() => parseHeader('a=hex:0'), { message: /odd number of hexadecimal digits/ });
  t.strictSame(Object.keys(parseHeader('__proto__=x')), ['__proto__'], 'which the call refuses');
});

import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import {
  encodeHeaders,
  MAX_HEADERS_BYTES,
  NO_HEADERS,
  readHeaders,
  someHeaders,
} from '../../src/wire/headers.js';
import type { CallHeaders } from '../../src/wire/headers.js';
import { maxHeadersBytes } from '../../src/wire/header-budget.js';
import { replyHeaderMap, requestHeaderMap, tokenHeaderMap } from '../../src/wire/header-map.js';
import { readAnswerHeaderMap, readHeaderMap } from '../../src/wire/header-map-reader.js';

class Mistake extends Error {}
const encoded = (headers: unknown, most = MAX_HEADERS_BYTES) =>
  encodeHeaders(headers, most, (problem) => new Mistake(problem));
const read = (bytes: Uint8Array) => readHeaders(Buffer.from(bytes), 0)?.headers;
const mistakeOf = (headers: unknown): string => {
  try {
    encoded(headers);
    return '';
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
};
/** Headers with a prototype, which those that are read do not have. */
const plain = (headers: CallHeaders | undefined) => headers && { ...headers };

const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
const values = fc.oneof(
  fc.string({ maxLength: 300 }).filter((text) => Buffer.from(text).toString() === text),
  fc.uint8Array({ maxLength: 300 }),
);

t.test('headers are read as they were sent', async (t) => {
  fc.assert(
    fc.property(fc.dictionary(names, values, { maxKeys: 20, noNullPrototype: true }), (headers) => {
      let bytes: Uint8Array | undefined;
      try {
        bytes = encoded(headers);
      } catch (error) {
        return error instanceof Mistake && tooMuch(headers);
      }
      if (bytes === undefined) return Object.keys(headers).length === 0;
      const same = t.strictSame(plain(read(bytes)), headers);
      return same && bytes.length <= MAX_HEADERS_BYTES;
    }),
  );
});

function tooMuch(headers: CallHeaders): boolean {
  return Object.keys(headers).length > 15 || encode(headers).length > MAX_HEADERS_BYTES;
}

t.test('they have the bytes of msgpack, texts with U+FEFF at the start included', async (t) => {
  for (const headers of [
    { a: '' },
    { a: 'x'.repeat(31), b: 'x'.repeat(32) },
    { a: 'x'.repeat(255) },
    { a: 'x'.repeat(256) },
    { a: new Uint8Array(255) },
    { a: new Uint8Array(256) },
    { token: '\ufeffabc', n: 'é😀' },
    { ['n'.repeat(31)]: '', ['n'.repeat(32)]: '', ['n'.repeat(64)]: '' },
    { constructor: 'a', toString: 'b', hasOwnProperty: 'c' },
  ]) {
    const bytes = encoded(headers);
    t.strictSame(bytes && Buffer.from(bytes), Buffer.from(encode(headers)));
    t.strictSame(plain(bytes && read(bytes)), headers);
  }
});

t.test('what is undefined is left out, and no headers are no bytes', async (t) => {
  t.equal(encoded({}), undefined);
  t.equal(encoded({ a: undefined }), undefined);
  t.equal(encoded(Object.create(null)), undefined);
  t.strictSame(encoded({ a: undefined, b: 'c' }), encoded({ b: 'c' }));
});

t.test('a mistake names the header, the limit and the value', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`h${index}`, '']));
  t.equal(mistakeOf(many), 'may have at most 15 headers, but has 16');
  const large = { token: 'x'.repeat(400) };
  t.equal(mistakeOf(large), 'may take at most 400 bytes, names included, but takes 410');
  t.match(mistakeOf({ token: 'é'.repeat(2 ** 20) }), /at most 400 bytes, .* takes 20971\d\d/);
  const rule = /a name has 1 to 64 letters, digits, '\.', '_' and '-', and begins with a letter/;
  for (const name of ['', '7', '-a', '_a', 'a b', 'a\n', 'é', 'x'.repeat(65), '__proto__']) {
    const words = mistakeOf(JSON.parse(`{${JSON.stringify(name)}:"x"}`));
    t.match(words, rule, name);
    t.match(words, 'has the name "', name);
  }
  t.equal(mistakeOf({ a: 1 }), 'must have a text or a Uint8Array for "a", but has number');
  t.equal(mistakeOf({ a: null }), 'must have a text or a Uint8Array for "a", but has null');
  t.match(mistakeOf({ a: ['x'] }), 'for "a", but has object');
  t.match(mistakeOf({ a: '\ud800' }), 'has a lone surrogate in "a"');
  const none = 'must be an object with a text or a Uint8Array for each name';
  for (const value of [null, 'a', 5, ['a'], new Map([['a', 'b']]), new Headers({ a: 'b' })]) {
    t.equal(mistakeOf(value), none);
  }
});

t.test('what is read is frozen and has no prototype', async (t) => {
  for (const headers of [NO_HEADERS, read(encode({ token: 'abc' }))]) {
    t.equal(Object.isFrozen(headers), true);
    t.equal(Object.getPrototypeOf(headers), null);
  }
});

t.test('headers that are the same are read once, unless there are binaries', async (t) => {
  const texts = encode({ token: 'abc', tenant: 'x' });
  t.equal(read(texts), read(texts));
  const longer = Buffer.concat([texts, Buffer.of(1, 2, 3)]);
  t.equal(read(longer), read(texts), 'whatever follows them');
  t.not(read(encode({ token: 'abd', tenant: 'x' })), read(texts));
  t.equal(read(texts.subarray(0, -1)), undefined, 'a part is no whole');
  const first = read(encode({ key: Uint8Array.of(1) }));
  (first?.['key'] as Uint8Array)[0] = 9;
  t.strictSame(read(encode({ key: Uint8Array.of(1) }))?.['key'], Uint8Array.of(1));
});

t.test('texts that are the same are copied once, and nobody can change the copy', async (t) => {
  const given: Record<string, string | Uint8Array | undefined> = { token: 'abc', user: 'Snake' };
  const copy = someHeaders(given);
  t.strictSame(copy, { token: 'abc', user: 'Snake' });
  t.ok(Object.isFrozen(copy));
  t.equal(someHeaders({ ...given }), copy, 'the same again');
  const others: readonly (typeof given)[] = [
    { token: 'abd', user: 'Snake' },
    { token: 'abc' },
    { user: 'Snake', token: 'abc' },
    { token: 'abc', user: 'Snake', more: '' },
    { token: 'abc', user: Uint8Array.of(1) },
    { token: 'abc', user: undefined },
    { token: 'abc', user: 'x'.repeat(1_000) },
  ];
  for (const other of others) {
    t.strictSame(Object.entries(someHeaders(other) ?? {}), Object.entries(other));
    t.strictSame(Object.entries(someHeaders(given) ?? {}), Object.entries(given), 'and the first');
  }
  given['token'] = 'changed';
  t.strictSame(copy, { token: 'abc', user: 'Snake' });
  t.strictSame(someHeaders(given), { token: 'changed', user: 'Snake' });
  const binary = { key: Uint8Array.of(1, 2) };
  const own = someHeaders(binary);
  binary.key[0] = 9;
  t.strictSame(own?.['key'], Uint8Array.of(1, 2));
  t.not(someHeaders(binary), own);
  t.equal(someHeaders({}), undefined);
  t.equal(someHeaders({ a: undefined }), undefined);
});

t.test('a binary is a copy of its own, and no view of the datagram', async (t) => {
  const datagram = Buffer.from(encode({ key: Uint8Array.of(1, 2) }));
  const headers = readHeaders(datagram, 0)?.headers;
  datagram.fill(0);
  t.strictSame(headers?.['key'], Uint8Array.of(1, 2));
});

const bytesOf = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const UNSOUND: Readonly<Record<string, Uint8Array>> = {
  nil: encode(null),
  'a text': encode('a'),
  'an array': encode(['a', 'b']),
  'a number': encode({ a: 1 }),
  'a boolean': encode({ a: true }),
  'a nested map': encode({ a: { b: 'c' } }),
  'a date': encode({ a: new Date(0) }),
  'a name that is a number': bytesOf('81 01 a161'),
  'a name that is binary': bytesOf('81 c40161 a161'),
  'the same name twice': bytesOf('82 a161 a162 a161 a163'),
  'an empty name': bytesOf('81 a0 a161'),
  'a name like an index': bytesOf('81 a137 a161'),
  'the name __proto__': bytesOf('81 a95f5f70726f746f5f5f a161'),
  'a name of 65 bytes': encode({ ['n'.repeat(65)]: '' }),
  'a name that is not ASCII': encode({ é: '' }),
  'a name that is not UTF-8': bytesOf('81 a1ff a161'),
  'a value that is not UTF-8': bytesOf('81 a161 a1ff'),
  '16 headers': encode(Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`n${n}`, '']))),
  'more bytes than may be read': encode({ a: 'x'.repeat(512) }),
  'a value that is cut short': bytesOf('81 a161 a362'),
  'a huge map': bytesOf('df ffffffff'),
  'a huge text': bytesOf('81 a161 dbffffffff'),
  'a huge binary': bytesOf('81 a161 c6ffffffff'),
  'a deep value': bytesOf(`81 a161 ${'91'.repeat(40)}c0`),
};

t.test('a header map with anything else for headers is unreadable', async (t) => {
  for (const [what, bytes] of Object.entries(UNSOUND)) {
    const map = Buffer.concat([Buffer.of(0x82, 0, 1, 7), bytes]);
    t.equal(readHeaderMap(map, 0), undefined, what);
    t.equal(readAnswerHeaderMap(map, 0), undefined, what);
  }
  t.match(readHeaderMap(Buffer.of(0x82, 0, 1, 7, 0x80), 0), { version: 1, headers: {} });
  const twice = bytesOf('83 0001 0780 0780');
  t.equal(readHeaderMap(twice, 0), undefined, 'key 7 twice');
});

t.test('any width of a map, of a name and of a text is read', async (t) => {
  const wide = bytesOf('df00000001 db00000001 61 da0002 6263');
  t.strictSame(plain(read(wide)), { a: 'bc' });
  t.strictSame(plain(read(bytesOf('de0001 d90161 c60000000107'))), { a: Uint8Array.of(7) });
});

t.test('any bytes are headers or none, and nothing throws', async () => {
  const entries = fc.array(
    fc.tuple(fc.oneof(names, fc.string()), fc.oneof(values, fc.anything())),
    { maxLength: 17 },
  );
  const tolerant = (value: unknown): Uint8Array => {
    try {
      return encode(value);
    } catch {
      return Uint8Array.of(0xc1);
    }
  };
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(0x82, 0xa1, 0x61, ...rest)),
    entries.map((all) =>
      Buffer.concat([Buffer.of(0x80 | (all.length & 15)), ...all.flat().map(tolerant)]),
    ),
  );
  fc.assert(
    fc.property(bytes, (some) => {
      const headers = read(some);
      if (headers === undefined) return true;
      return Object.entries(headers).every(
        ([name, value]) =>
          /^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(name) &&
          (typeof value === 'string' || value instanceof Uint8Array),
      );
    }),
    { numRuns: 3_000 },
  );
});

t.test('headers that may be sent always fit, with a token and any traceparent', async (t) => {
  const token = new Uint8Array(8);
  for (let length = 0; length <= 256; length += 1) {
    const traceparent = length === 0 ? undefined : 'x'.repeat(length);
    const most = maxHeadersBytes(traceparent);
    const headers = encoded({ a: new Uint8Array(most - (most > 260 ? 6 : 5)) }, most);
    // A binary of 255 bytes has a shorter head than one of 256.
    const excess = most - (headers?.length ?? 0);
    if (excess !== 0 && excess !== 1) t.fail(`${excess} bytes less than ${most}`);
    const map = tokenHeaderMap(requestHeaderMap(traceparent, headers), token);
    if (map.length > 512 - 16) t.fail(`${map.length} bytes with a traceparent of ${length}`);
    const readMap = readHeaderMap(Buffer.from(map), 0);
    if (readMap?.headers === undefined || readMap.token === undefined) t.fail(`${length}`);
  }
  t.equal(maxHeadersBytes(), 400);
  t.equal(maxHeadersBytes('x'.repeat(69)), 400);
  t.equal(maxHeadersBytes('x'.repeat(70)), 399);
});

t.test('each header map with headers has these bytes', async (t) => {
  const headers = encoded({ token: 'abc' });
  if (headers === undefined) throw new Error('there are headers');
  const hex = (map: Uint8Array) => Buffer.from(map).toString('hex');
  const entry = '0781a5746f6b656ea3616263';
  t.equal(hex(requestHeaderMap(undefined, headers)), `840001${entry}010102ce00000000`);
  t.equal(hex(requestHeaderMap('x', headers)), `85000103da000178${entry}010102ce00000000`);
  t.equal(hex(replyHeaderMap(headers)), `820001${entry}`);
});

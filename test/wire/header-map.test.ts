import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import {
  challengeHeaderMap,
  isKnownKey,
  ONE_WAY_HEADER_MAP,
  PLAIN_HEADER_MAP,
  requestHeaderMap,
  stampRequest,
  tokenHeaderMap,
} from '../../src/wire/header-map.js';
import { readAnswerHeaderMap, readHeaderMap } from '../../src/wire/header-map-reader.js';
import { isTraceparent } from '../../src/wire/traceparent.js';
import { decodeRequest, encodeRequest } from '../../src/wire/request.js';
import { TEST_ID } from '../fixtures/msgpack-values.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const TOKEN = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const compact = (text: string) => text.replaceAll(' ', '');
const read = (text: string) => readHeaderMap(bytesOf(text), 0);

/** A header map with version 1 and one more entry. */
const withEntry = (key: number, value: unknown): Buffer =>
  Buffer.concat([Buffer.of(0x82, 0, 1, key), encode(value, { useBigInt64: true })]);

t.test('each header map has these bytes', async (t) => {
  t.equal(hex(PLAIN_HEADER_MAP), compact('81 0001'));
  t.equal(hex(requestHeaderMap(undefined)), compact('83 0001 0101 02ce00000000'));
  t.equal(
    hex(requestHeaderMap('abc')),
    compact('84 0001 03da0003616263 0101 02ce00000000'),
    'what is stamped stands at the end',
  );
  t.equal(hex(challengeHeaderMap(TOKEN)), compact('82 0001 04c4080102030405060708'));
  t.equal(hex(ONE_WAY_HEADER_MAP), compact('82 0001 08c3'));
});

t.test('a notification says that nobody answers it, whoever wrote its header map', async (t) => {
  const oneWay = { version: 1, attempt: 1, remainingMs: undefined, token: undefined, oneWay: true };
  for (const text of ['82 0001 08c3', '82 08c3 0001', '82 0001 08c3 ff', '83 0001 08c3 6301']) {
    t.match(read(text), oneWay, text);
  }
  t.equal(read('81 0001')?.oneWay, false);
  t.equal(read('83 0001 0101 02ce00001388')?.oneWay, false);
  for (const text of ['82 0001 08c2', '82 0001 0801', '82 0001 08c0', '82 0001 08']) {
    t.equal(read(text), undefined, text);
  }
  t.equal(read('83 0001 08c3 08c3'), undefined, 'twice');
  t.ok(isKnownKey(8));
  t.notOk(isKnownKey(5), 'who knows what it may hold');
  t.notOk(isKnownKey('8'));
});

t.test('a stamp says which attempt it is, and how many milliseconds are left', async (t) => {
  const request = Buffer.concat([Buffer.from('body'), requestHeaderMap(undefined)]);
  const stamped = (attempt: number, remainingMs: number): string => {
    stampRequest(request, request.length, attempt, remainingMs);
    return hex(request.subarray(4));
  };
  t.equal(stamped(1, 5_000), compact('83 0001 0101 02ce00001388'));
  t.equal(stamped(16, 4_999.1), compact('83 0001 0110 02ce00001388'), 'a part of one is one');
  t.equal(stamped(128, 1_000), compact('83 0001 017f 02ce000003e8'), 'a later one is 127 too');
  t.equal(stamped(2, 0), compact('83 0001 0102 02ce00000000'));
  t.equal(stamped(2, -5), compact('83 0001 0102 02ce00000000'));
  t.equal(stamped(2, 2 ** 40), compact('83 0001 0102 02ceffffffff'));
  t.equal(request.subarray(0, 4).toString(), 'body');
});

t.test('what was stamped is read again', async () => {
  const traceparents = fc.option(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 16 }),
      fc.nat(2 ** 32 - 1),
      traceparents,
      fc.boolean(),
      (attempt, remainingMs, traceparent, challenged) => {
        const plain = requestHeaderMap(traceparent);
        const unstamped = challenged ? tokenHeaderMap(plain, TOKEN) : plain;
        const request = Buffer.concat([Buffer.of(0xc0), unstamped]);
        stampRequest(request, request.length, attempt, remainingMs);
        const headerMap = readHeaderMap(request, 1);
        return (
          headerMap?.version === 1 &&
          headerMap.attempt === attempt &&
          headerMap.remainingMs === remainingMs &&
          headerMap.traceparent === traceparent &&
          (headerMap.token === undefined) === !challenged &&
          readAnswerHeaderMap(request, 1) !== undefined
        );
      },
    ),
  );
});

t.test('a request with a token is the request, its body unchanged', async (t) => {
  for (const traceparent of [undefined, TRACEPARENT]) {
    const request = encodeRequest(TEST_ID, 'echo', ['text'], traceparent);
    request.stamp(2, 1_000);
    const again = request.withToken(TOKEN);
    again.stamp(3, 500);
    const { end } = decodeRequest(request.toDatagram()) as { end: number };
    const datagram = again.toDatagram();
    t.equal(hex(datagram.subarray(0, end)), hex(request.toDatagram().subarray(0, end)));
    t.match(readHeaderMap(datagram, end), {
      version: 1,
      attempt: 3,
      remainingMs: 500,
      traceparent,
    });
    t.strictSame(readHeaderMap(datagram, end)?.token, TOKEN);
  }
});

t.test('a missing entry has a default', async (t) => {
  t.match(read('81 0001'), {
    version: 1,
    attempt: 1,
    remainingMs: undefined,
    traceparent: undefined,
    token: undefined,
  });
});

t.test('entries may come in any order, and any integer format', async (t) => {
  const longForms = '83 02cd03e8 01cc02 00d27f000000'.replace('d27f000000', 'd20000007f');
  t.match(read(longForms), { version: 127, attempt: 2, remainingMs: 1_000 });
  t.match(read('82 02ceffffffff 0001'), { remainingMs: 2 ** 32 - 1 });
});

t.test('headers before a stamp are read as headers elsewhere are', async (t) => {
  const [headers, stamp] = ['07 82a161a178a162c40102', '0102 02ce00001388'];
  const expected = { version: 1, attempt: 2, remainingMs: 5_000, traceparent: undefined };
  for (const text of [
    `84 0001 ${headers} ${stamp}`,
    `84 0001 ${headers} ${stamp} ff`,
    `84 0001 ${stamp} ${headers}`,
    `84 ${headers} 0001 ${stamp}`,
    `85 0001 ${headers} ${stamp} 6301`,
  ]) {
    const map = read(text);
    t.match(map, { ...expected, token: undefined, oneWay: false }, text);
    t.strictSame(Object.entries(map?.headers ?? {}), [
      ['a', 'x'],
      ['b', Uint8Array.of(2)],
    ]);
  }
  const likeAStamp = '07 81a161 c408 0102 02ce00001388';
  t.equal(read(`82 0001 ${likeAStamp}`)?.attempt, 1, 'what is in a header is no stamp');
  t.equal(read(`84 0001 ${likeAStamp}`), undefined, 'nor does it end the map');
  for (const stampOfNone of ['0100 02ce00001388', '0180 02ce00001388', '0102 02ce000013']) {
    t.equal(read(`84 0001 ${headers} ${stampOfNone}`), undefined, stampOfNone);
  }
  t.equal(read(`84 0001 ${headers} ${headers} 0102`), undefined, 'twice');
});

t.test('keys of later versions are skipped, whatever their value', async (t) => {
  for (const value of ['c0', 'c3', 'a161', '92c001', '81a16101', 'c40107', 'cb7ff8000000000000']) {
    t.match(read(`83 05${value} 0001 0102`), { version: 1, attempt: 2 }, value);
    t.match(read(`83 7f${value} 0001 0102`), { version: 1, attempt: 2 }, value);
  }
});

t.test('bytes after the header map are ignored', async (t) => {
  for (const trailing of ['00', 'c1', '810001', 'ff'.repeat(100)]) {
    t.match(read(`81 0001 ${trailing}`), { version: 1 }, trailing);
    t.ok(readAnswerHeaderMap(bytesOf(`81 0001 ${trailing}`), 0));
  }
});

t.test('what is not a header map is not read as one', async (t) => {
  const malformed: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['nil', 'c0'],
    ['an integer', '01'],
    ['an array', '92 0001'],
    ['text', 'a2 0001'],
    ['a byte that msgpack never uses', 'c1'],
    ['an empty map', '80'],
    ['a map without a version', '81 0101'],
    ['a map 16', 'de 0001 0001'],
    ['version 0', '81 0000'],
    ['version -1', '81 00ff'],
    ['version 128', '81 00cc80'],
    ['a version of text', '81 00a131'],
    ['no version after its key', '81 00'],
    ['fewer entries than it declares', '82 0001'],
    ['half an entry', '82 0001 01'],
    ['half an integer', '82 0001 02ce0000'],
    ['a negative key', '82 0001 ff01'],
    ['a key of text', '82 a16101 0001'],
    ['a key that is no small integer', '82 cc80c0 0001'],
    ['attempt 0', '82 0001 0100'],
    ['attempt 128', '82 0001 01cc80'],
    ['an attempt that is nil', '82 0001 01c0'],
    ['a negative time', '82 0001 02ff'],
    ['a time of text', '82 0001 02a131'],
    ['a time beyond 2^53', '82 0001 02cfffffffffffffffff'],
    ['an empty traceparent', '82 0001 03a0'],
    ['a traceparent that is a number', '82 0001 0301'],
    ['a traceparent with a control character', '82 0001 03a10a'],
    ['a traceparent that is not ASCII', '82 0001 03a2c3a9'],
    ['a traceparent that is not UTF-8', '82 0001 03a1ff'],
    ['a traceparent of 257 characters', `82 0001 03da0101${'78'.repeat(257)}`],
    ['a token of 7 bytes', `82 0001 04c407${'00'.repeat(7)}`],
    ['a token of 9 bytes', `82 0001 04c409${'00'.repeat(9)}`],
    ['a token of text', `82 0001 04a8${'78'.repeat(8)}`],
    ['a value too deep', `82 0001 05${'91'.repeat(40)}c0`],
    ['a value that is cut off', '82 0001 05dd01ffffff'],
  ];
  for (const [name, bytes] of malformed) {
    t.equal(read(bytes), undefined, name);
    t.equal(readAnswerHeaderMap(bytesOf(bytes), 0), undefined, name);
  }
});

t.test('numbers must be integers, and no time is NaN', async (t) => {
  for (const value of [NaN, Infinity, 0.5, 1.5, 1e300]) {
    for (const [key, name] of ['version', 'attempt', 'time'].entries()) {
      const bytes = key === 0 ? Buffer.from([0x81, 0, ...encode(value)]) : withEntry(key, value);
      t.equal(readHeaderMap(bytes, 0), undefined, `${name} ${value}`);
    }
  }
});

t.test('any bytes are a header map or none, and nothing throws', async () => {
  const entry = fc.tuple(fc.nat(6), fc.oneof(fc.anything(), fc.double(), fc.bigInt(), fc.string()));
  const tolerant = (value: unknown): Uint8Array => {
    try {
      return encode(value);
    } catch {
      return Uint8Array.of(0xc1);
    }
  };
  const map = fc
    .array(entry, { maxLength: 15 })
    .map((entries) =>
      Buffer.concat([
        Buffer.of(0x80 | entries.length),
        ...entries.flatMap(([key, value]) => [Buffer.of(key), tolerant(value)]),
      ]),
    );
  const bytes = fc.oneof(
    map,
    fc.uint8Array({ maxLength: 40 }).map((tail) => Buffer.of(0x82, 0, 1, ...tail)),
  );
  fc.assert(
    fc.property(bytes, (datagram) => {
      const headerMap = readHeaderMap(datagram, 0);
      if (headerMap === undefined) return readAnswerHeaderMap(datagram, 0) === undefined;
      const { version, attempt, remainingMs = 0 } = headerMap;
      return version >= 1 && version <= 127 && attempt >= 1 && attempt <= 127 && remainingMs >= 0;
    }),
    { numRuns: 5_000 },
  );
});

t.test('a traceparent is 1 to 256 printable ASCII characters', async (t) => {
  for (const good of ['x', TRACEPARENT, ' ~', 'x'.repeat(256)]) t.equal(isTraceparent(good), true);
  for (const bad of ['', 'x'.repeat(257), 'a\n', '\x7f', 'é', 5, undefined, null, ['x']]) {
    t.equal(isTraceparent(bad), false, String(bad));
  }
});

t.test('a header map with the same key twice is unreadable', async (t) => {
  const read = (hex: string) => readHeaderMap(Buffer.from(hex, 'hex'), 0);
  t.equal(read('82' + '0001' + '0001'), undefined);
  t.equal(read('83' + '0001' + '0101' + '0102'), undefined);
  t.match(read('83' + '0001' + '0a01' + '0a01'), { version: 1 }, 'but for keys of later versions');
});

import { ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { ReplyTooLargeError, RequestTooLargeError, UnencodableError } from '../../src/errors.js';
import { encodeErrorReply } from '../../src/wire/error-reply.js';
import { MAX_DATAGRAM_BYTES } from '../../src/wire/frame.js';
import { PLAIN_HEADER_MAP } from '../../src/wire/header-map.js';
import { encodeRequest } from '../../src/wire/request.js';
import { decodeResponse, encodeResponse } from '../../src/wire/response.js';
import { TEST_ID } from '../fixtures/msgpack-values.js';

const encode = (value: unknown): string =>
  encodeResponse(TEST_ID, value).toDatagram().toString('hex', 21);

function errorOf(value: unknown): UnencodableError {
  return thrownBy(() => encodeRequest(TEST_ID, 'procedure', [value]).toDatagram());
}

function thrownBy(encoding: () => Buffer): UnencodableError {
  try {
    encoding();
  } catch (error) {
    if (error instanceof UnencodableError) return error;
    throw error;
  }
  throw new Error('it was encoded');
}

t.test('values are the bytes that Python sends for them', async (t) => {
  // umsgpack.packb of u-msgpack-python 2.8.0
  const vectors: readonly (readonly [unknown, string])[] = [
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [255, 'ccff'],
    [256, 'cd0100'],
    [65_535, 'cdffff'],
    [65_536, 'ce00010000'],
    [2 ** 32 - 1, 'ceffffffff'],
    [2 ** 32, 'cf0000000100000000'],
    [2 ** 53 - 1, 'cf001fffffffffffff'],
    [2n ** 63n, 'cf8000000000000000'],
    [2n ** 64n - 1n, 'cfffffffffffffffff'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-128, 'd080'],
    [-129, 'd1ff7f'],
    [-32_768, 'd18000'],
    [-32_769, 'd2ffff7fff'],
    [-(2 ** 31), 'd280000000'],
    [-(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    [-(2 ** 53) + 1, 'd3ffe0000000000001'],
    [-(2n ** 63n), 'd38000000000000000'],
    [null, 'c0'],
    [true, 'c3'],
    [false, 'c2'],
    [1.5, 'cb3ff8000000000000'],
    [-0.1, 'cbbfb999999999999a'],
    [Infinity, 'cb7ff0000000000000'],
    [NaN, 'cb7ff8000000000000'],
    [1e300, 'cb7e37e43c8800759c'],
    ['', 'a0'],
    ['é', 'a2c3a9'],
    ['日本', 'a6e697a5e69cac'],
    ['😀', 'a4f09f9880'],
    ['a'.repeat(31), `bf${'61'.repeat(31)}`],
    ['a'.repeat(32), `d920${'61'.repeat(32)}`],
    ['a'.repeat(256), `da0100${'61'.repeat(256)}`],
    [new Uint8Array(), 'c400'],
    [Buffer.of(0, 0xff), 'c40200ff'],
    [[], '90'],
    [[1, [2]], '92019102'],
    [new Array(16).fill(1), `dc0010${'01'.repeat(16)}`],
    [{}, '80'],
    [{ a: 1, b: [null] }, '82a16101a16291c0'],
    [{ k: { z: 'y' } }, '81a16b81a17aa179'],
    [new ExtData(5, Uint8Array.of(1, 2, 3)), 'c70305010203'],
  ];
  for (const [value, bytes] of vectors) t.equal(encode(value), bytes, bytes.slice(0, 30));
});

t.test('a bigint of 32 bits is sent in the same short form as a number', async (t) => {
  t.equal(encode(5n), '05');
  t.equal(encode(-(2n ** 31n)), 'd280000000');
  t.equal(encode(2n ** 32n - 1n), 'ceffffffff');
  t.equal(encode([1n, { a: -1n }]), '920181a161ff');
});

t.test('minus zero is sent as zero', async (t) => {
  t.equal(encode(-0), '00');
});

t.test('undefined is nil in an array and leaves a property out', async (t) => {
  t.equal(encode([undefined, 1]), '92c001');
  t.equal(encode({ a: undefined, b: 1 }), '81a16201');
  t.equal(encode(undefined), 'c0');
  t.equal(encode({ '\ud800': undefined }), '80', 'what is not sent needs no sound key');
});

t.test('a value is not changed, and its properties are read once', async (t) => {
  let reads = 0;
  const value = Object.freeze({
    wide: Object.freeze([2 ** 40]),
    get counted(): number {
      reads += 1;
      return reads;
    },
  });
  t.equal(encode(value), '82a47769646591cf0000010000000000a7636f756e74656401');
  t.equal(reads, 1);
});

t.test('a map has the shorter head if its remaining entries allow it', async (t) => {
  const keys = Array.from({ length: 16 }, (_, index) => String.fromCharCode(0x61 + index));
  const full = Object.fromEntries(keys.map((key) => [key, 1]));
  t.match(encode(full), /^de0010a16101a16201/);
  t.match(encode({ ...full, a: undefined }), /^8fa16201a16301.*a17001$/);
});

t.test('a getter may itself encode something', async (t) => {
  const value = {
    before: 'before',
    get inner(): string {
      return encode(['inner', 1]);
    },
    after: 'after',
  };
  const inner = { before: 'before', inner: encode(['inner', 1]), after: 'after' };
  t.equal(encode(value), encode(inner));
});

t.test(
  'an object without a prototype and an array of a subclass are sent by their items',
  async (t) => {
    t.equal(encode(Object.assign(Object.create(null), { a: 1 })), '81a16101');
    class Endless extends Array<number> {
      override *[Symbol.iterator](): ArrayIterator<number> {
        yield* [1, 2, 3, 4];
      }
    }
    t.equal(encode(Endless.of(7, 8)), '920708');
  },
);

t.test('what cannot be sent is refused with its path and a hint (H68)', async (t) => {
  class Point {
    x = 1;
  }
  class Failure extends Error {}
  const table: readonly [unknown, RegExp][] = [
    [() => 1, /function/],
    [Symbol('s'), /symbol.*description/],
    [2n ** 64n, /bigint takes more than 64 bits; send it as a string/],
    [-(2n ** 63n) - 1n, /more than 64 bits/],
    [new Map(), /a Map cannot be encoded without loss; send an array of entries/],
    [new Set(), /a Set cannot be encoded without loss; send an array$/],
    [new Error('x'), /an Error cannot.*code and message/],
    [new Failure('x'), /a Failure cannot.*code and message/],
    [/x/, /a RegExp cannot/],
    [Promise.resolve(), /a Promise cannot.*await/],
    [new URL('http://a/'), /an? URL cannot.*href/],
    [new Point(), /a Point cannot.*plain object/],
    [Object.create({ inherited: 1 }), /cannot be encoded/],
    [Object.create(Uint8Array.prototype), /Uint8Array cannot/],
    [Object.create(Date.prototype), /a Date cannot/],
    [new Uint16Array(1), /an? Uint16Array cannot.*plain array/],
    [new Float64Array(1), /a Float64Array cannot/],
    [new DataView(new ArrayBuffer(1)), /a DataView cannot.*Uint8Array/],
    [new ArrayBuffer(1), /an ArrayBuffer cannot.*Uint8Array/],
    [new Date(NaN), /Date is invalid/],
    [Object(1), /a Number cannot.*primitive/],
    [Object('s'), /a String cannot.*primitive/],
    ['\ud800', /lone surrogate/],
    ['ok \udc00', /lone surrogate/],
    [new ExtData(-1, new Uint8Array(4)), /timestamp; send a Date/],
    [new ExtData(128, new Uint8Array(4)), /from -128 to 127/],
    [new ExtData(5, () => new Uint8Array()), /must be a Uint8Array/],
  ];
  for (const [value, message] of table) {
    for (const [wrapped, path] of [
      [value, 'args[0]'],
      [[0, { user: [value] }], 'args[0][1].user[0]'],
    ] as const) {
      const error = errorOf(wrapped);
      t.match(error.message, message);
      t.equal(error.path, path);
      t.match(error, { code: 'ERR_RPCUDP_UNENCODABLE', name: 'UnencodableError' });
      t.ok(error.message.startsWith(`${path}: `));
    }
  }
});

t.test('keys that would not arrive are refused', async (t) => {
  t.match(errorOf(JSON.parse('{"__proto__": 1}')), { path: 'args[0].__proto__' });
  t.match(errorOf({ '\ud800': 1 }), { path: 'args[0]["\\u{d800}"]', message: /lone surrogate/ });
});

t.test('keys that are not names are shown in brackets, escaped and cut', async (t) => {
  t.equal(errorOf({ 'a b': new Set() }).path, 'args[0]["a b"]');
  t.equal(errorOf({ '\x1b[2J': new Set() }).path, 'args[0]["\\u{1b}[2J"]');
  t.equal(errorOf({ $été_1: new Set() }).path, 'args[0].$été_1');
  t.ok(errorOf({ ['k'.repeat(5_000)]: new Set() }).path.length < 100);
});

t.test('a hole in an array is refused', async (t) => {
  const sparse: unknown[] = [1];
  sparse[2] = 3;
  t.match(errorOf(sparse), { path: 'args[0][1]', message: /sparse/ });
});

const CYCLE = 'it refers to an object that contains it, and a cycle cannot be encoded';

t.test('a cycle is distinguished from depth, and its path goes around once', async (t) => {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  t.equal(errorOf(self).message, `args[0].self: ${CYCLE}`);

  const parent: Record<string, unknown> = { children: [{}] };
  parent['children'] = [{ leaf: { a: 1 }, parent }];
  t.equal(errorOf({ root: parent }).message, `args[0].root.children[0].parent: ${CYCLE}`);

  const nested = (depth: number): unknown => (depth === 0 ? {} : { in: nested(depth - 1) });
  t.match(errorOf(nested(40)), { message: /nest deeper than 32/ });
});

t.test('one object in two places is not a cycle', async (t) => {
  const shared = { a: 1 };
  t.equal(encode([shared, shared]), '9281a1610181a16101');
});

t.test('a getter or a Proxy that throws is named, with its cause', async (t) => {
  const cause = new Error('no');
  const thrower = {
    get bad(): never {
      throw cause;
    },
  };
  t.match(errorOf({ thrower }), { path: 'args[0].thrower.bad', cause });
  const proxy = new Proxy(
    {},
    {
      ownKeys() {
        throw cause;
      },
    },
  );
  t.match(errorOf([proxy]), { path: 'args[0][0]', cause });
  t.match(errorOf(proxy), { path: 'args[0]', cause });
});

t.test('a shrinking array is refused, and a growing one is sent as it was', async (t) => {
  const changing = (change: (items: unknown[]) => void): unknown[] => {
    const items: unknown[] = [];
    const changer = {
      get now(): number {
        change(items);
        return 1;
      },
    };
    items.push(changer, 2);
    return items;
  };
  t.match(errorOf(changing((items) => items.pop())), { path: 'args[0][1]', message: /sparse/ });
  t.equal(encode(changing((items) => items.push(3))), '9281a36e6f770102');
});

t.test('a result is called result', async (t) => {
  t.equal(
    thrownBy(() => encodeResponse(TEST_ID, { items: [new Set()] }).toDatagram()).path,
    'result.items[0]',
  );
  t.equal(thrownBy(() => encodeResponse(TEST_ID, new Set()).toDatagram()).path, 'result');
});

t.test('an error in one encoding does not harm the next', async (t) => {
  errorOf(new Set());
  t.equal(encode({ a: 1 }), '81a16101');
  errorOf(['written before the fault', { deep: { deeper: [1, 2, new Set()] } }]);
  t.equal(encode(['a']), '91a161');
  t.throws(() => encode('x'.repeat(70_000)));
  t.throws(() => encode([new Uint8Array(40_000), new Uint8Array(40_000)]));
  t.equal(encode(['a']), '91a161');
});

/** An object whose property runs `act` when it is read, and has the value that `act` returns. */
const reading = (act: () => unknown): object => ({
  before: 'b'.repeat(100),
  get now(): unknown {
    return act();
  },
  after: 'a'.repeat(100),
});

t.test('encodings within encodings do not harm each other, however they end', async (t) => {
  const whole = (now: unknown): string =>
    encode({ before: 'b'.repeat(100), now, after: 'a'.repeat(100) });
  const failing = (): string =>
    thrownBy(() => encodeResponse(TEST_ID, new Set()).toDatagram()).path;
  const inner = encode(['inner']);

  t.equal(encode(reading(() => encode(['inner']))), whole(inner));
  t.equal(encode(reading(() => failing())), whole('result'), 'the inner one failed');
  t.equal(
    encode(reading(() => [encode(['inner']), failing(), encode(['inner'])])),
    whole([inner, 'result', inner]),
    'several, one after another',
  );
  t.equal(
    encode(reading(() => encode(reading(() => encode(reading(() => encode(['inner']))))))),
    whole(whole(whole(inner))),
    'one within another',
  );
  t.equal(
    encode([reading(() => encode(['inner'])), reading(() => failing()), 1]),
    encode([
      { before: 'b'.repeat(100), now: inner, after: 'a'.repeat(100) },
      { before: 'b'.repeat(100), now: 'result', after: 'a'.repeat(100) },
      1,
    ]),
  );

  const cause = new Error('the outer one fails');
  const error = thrownBy(() =>
    encodeResponse(
      TEST_ID,
      reading(() => {
        encode(reading(() => encode(['inner'])));
        throw cause;
      }),
    ).toDatagram(),
  );
  t.match(error, { path: 'result.now', cause });
  const unencodable = thrownBy(() =>
    encodeResponse(
      TEST_ID,
      reading(() => encode(new Set())),
    ).toDatagram(),
  );
  t.match(unencodable, { path: 'result.now', message: /reading it threw/ });
  t.match(unencodable.cause, { path: 'result', message: /a Set cannot be encoded/ });
  t.equal(encode(['a']), '91a161');
  t.equal(whole(1), encode(reading(() => 1)));
});

/** For a value that takes too much: the size in the error, and the limit. */
function excessOf(encoding: () => unknown): readonly [bytes: number, limitBytes: number] {
  try {
    encoding();
  } catch (error) {
    if (error instanceof ReplyTooLargeError || error instanceof RequestTooLargeError) {
      return [error.bytes, error.limitBytes];
    }
    throw error;
  }
  throw new Error('it was encoded');
}

t.test('a response is as large as a datagram can be, and not a byte larger', async (t) => {
  const most = MAX_DATAGRAM_BYTES - 21;
  /**
   * Values whose encoding takes this many bytes. The last byte is written by a different path in
   * each.
   */
  const values: Readonly<Record<string, (bytes: number) => unknown>> = {
    'a text': (bytes) => 'x'.repeat(bytes - 3),
    'a text of two-byte characters': (bytes) =>
      'é'.repeat((bytes - 3) >> 1) + (bytes % 2 === 0 ? 'x' : ''),
    binary: (bytes) => new Uint8Array(bytes - 3),
    'an extension': (bytes) => new ExtData(1, new Uint8Array(bytes - 4)),
    'an array of nils': (bytes) => new Array<null>(bytes - 3).fill(null),
    'a record': (bytes) => ({ key: 'x'.repeat(bytes - 8) }),
    'an array that ends in a short text': (bytes) => [new Uint8Array(bytes - 8), 'abc'],
    'an array that ends in an integer': (bytes) => [new Uint8Array(bytes - 7), 1_000],
    'an array that ends in a float': (bytes) => [new Uint8Array(bytes - 13), 1.5],
    'an array that ends in a date': (bytes) => [new Uint8Array(bytes - 10), new Date(1_000)],
    'an array that ends in a bigint': (bytes) => [new Uint8Array(bytes - 13), 2n ** 60n],
  };
  for (const [name, valueOf] of Object.entries(values)) {
    const datagram = encodeResponse(TEST_ID, valueOf(most)).toDatagram();
    t.equal(datagram.length, MAX_DATAGRAM_BYTES, name);
    t.match(decodeResponse(datagram), { end: datagram.length }, name);
    const larger = valueOf(most + 1);
    t.strictSame(
      excessOf(() => encodeResponse(TEST_ID, larger)),
      [most + 1, most],
      `${name}, one byte more`,
    );
    t.strictSame(
      excessOf(() => encodeResponse(TEST_ID, valueOf(MAX_DATAGRAM_BYTES))),
      [MAX_DATAGRAM_BYTES, most],
      `${name}, all the bytes of a datagram`,
    );
    for (const bytes of [MAX_DATAGRAM_BYTES + 1, 2 ** 17]) {
      t.strictSame(
        excessOf(() => encodeResponse(TEST_ID, valueOf(bytes))),
        [MAX_DATAGRAM_BYTES + 1, most],
        `${name}, more than is counted: at least so many`,
      );
    }
  }
  const map = PLAIN_HEADER_MAP;
  const withMap = (bytes: number) => encodeResponse(TEST_ID, new Uint8Array(bytes - 3), map);
  t.equal(withMap(most - map.length).length, MAX_DATAGRAM_BYTES, 'what stands after it counts');
  t.strictSame(
    excessOf(() => withMap(most - map.length + 1)),
    [most - map.length + 1, most - map.length],
  );
});

t.test('requests and errors have at most 8,192 bytes of body, and contracts less', async (t) => {
  const request = (bytes: number, limit?: number) =>
    encodeRequest(TEST_ID, 'xyz', [new Uint8Array(bytes - 9)], undefined, limit);
  t.equal(request(8_192).body.length, 8_192);
  t.strictSame(
    excessOf(() => request(8_193)),
    [8_193, 8_192],
  );
  t.equal(request(300, 300).body.length, 300);
  t.strictSame(
    excessOf(() => request(301, 300)),
    [301, 300],
  );
  const error = (bytes: number) =>
    encodeErrorReply(TEST_ID, { code: 'c', message: 'm', data: new Uint8Array(bytes - 8) });
  t.equal(error(8_192).body.length, 8_192);
  t.strictSame(
    excessOf(() => error(8_193)),
    [8_193, 8_192],
  );
  const response = (bytes: number) => encodeResponse(TEST_ID, 'x'.repeat(bytes - 1), undefined, 10);
  t.equal(response(10).body.length, 10);
  t.strictSame(
    excessOf(() => response(11)),
    [11, 10],
  );
});

/** A text in MessagePack, exactly as its specification says. */
function packedText(text: string): string {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  if (length < 32) return Buffer.of(0xa0 + length).toString('hex') + bytes.toString('hex');
  if (length < 256) return Buffer.of(0xd9, length).toString('hex') + bytes.toString('hex');
  return Buffer.of(0xda, length >> 8, length & 0xff).toString('hex') + bytes.toString('hex');
}

const TEXT_LENGTHS = [
  ...Array.from({ length: 70 }, (_, length) => length),
  ...[127, 128, 254, 255, 256, 257, 1_000, 65_400],
];

t.test('a text of any length, with any character anywhere, is sent unchanged', async (t) => {
  const wrong: string[] = [];
  const check = (text: string): void => {
    // With something on both sides, because nothing of an earlier attempt may be left behind.
    const expected = `92${packedText(text)}a17a`;
    if (encode([text, 'z']) !== expected) wrong.push(`${text.length}: ${text.slice(0, 80)}`);
  };
  for (const length of TEXT_LENGTHS) {
    check('x'.repeat(length));
    for (const character of ['\x7f', '\x80', 'é', '\u07ff', '\u0800', '\uffff', '😀', '\0']) {
      for (const at of [0, 1, length >> 1, length - 1].filter((at) => at >= 0 && at < length)) {
        check('x'.repeat(at) + character + 'y'.repeat(length - at - 1));
      }
    }
  }
  t.strictSame(wrong, []);
  t.equal(encode(['é'.repeat(16), 1]), `92d920${'c3a9'.repeat(16)}01`, 'its bytes are counted');
});

t.test('a lone surrogate is found anywhere, and what follows is sent unchanged', async (t) => {
  for (const length of [1, 2, 31, 32, 63, 64, 65, 255, 256, 1_000]) {
    for (const surrogate of ['\ud800', '\udbff', '\udc00', '\udfff']) {
      for (const at of new Set([0, length >> 1, length - 1])) {
        const text = 'x'.repeat(at) + surrogate + 'y'.repeat(length - at - 1);
        const { path, message } = errorOf(['before', text]);
        if (path !== 'args[0][1]' || !message.includes('lone surrogate')) {
          t.fail(`${length} characters, at ${at}: ${path} ${message}`);
        }
      }
    }
  }
  t.equal(encode(['a', '😀']), '92a161a4f09f9880');
});

t.test('keys of any length are sent like texts', async (t) => {
  for (const length of TEXT_LENGTHS.filter((length) => length <= 1_000)) {
    for (const key of ['k'.repeat(length), 'é'.repeat(length >> 1)]) {
      const expected = `82${packedText(key)}01${packedText(`${key}_`)}c3`;
      if (encode({ [key]: 1, [`${key}_`]: true }) !== expected) t.fail(key.slice(0, 80));
    }
  }
  t.equal(encode({ '': 1 }), '81a001');
  t.equal(encode({ 1: 'a', b: 2, 0: 'c' }), '83a130a163a131a161a16202', 'indices come first');
});

t.test('binary and extensions of any length have the shortest head', async (t) => {
  const heads: readonly (readonly [length: number, binary: string, extension: string])[] = [
    [0, 'c400', 'c700'],
    [1, 'c401', 'd4'],
    [2, 'c402', 'd5'],
    [3, 'c403', 'c703'],
    [4, 'c404', 'd6'],
    [5, 'c405', 'c705'],
    [7, 'c407', 'c707'],
    [8, 'c408', 'd7'],
    [9, 'c409', 'c709'],
    [15, 'c40f', 'c70f'],
    [16, 'c410', 'd8'],
    [17, 'c411', 'c711'],
    [32, 'c420', 'c720'],
    [255, 'c4ff', 'c7ff'],
    [256, 'c50100', 'c80100'],
    [65_000, 'c5fde8', 'c8fde8'],
  ];
  for (const [length, binary, extension] of heads) {
    const data = Uint8Array.from({ length }, (_, index) => index * 7);
    const hex = Buffer.from(data).toString('hex');
    t.equal(encode([data, 1]), `92${binary}${hex}01`);
    // Part of a larger block of memory, as a Buffer often is.
    const part = new Uint8Array(length + 20).subarray(10, 10 + length);
    part.set(data);
    t.equal(encode([Buffer.from(part.buffer, 10, length), 1]), `92${binary}${hex}01`);
    for (const [type, byte] of [
      [0, '00'],
      [127, '7f'],
      [-2, 'fe'],
      [-128, '80'],
    ] as const) {
      t.equal(encode([new ExtData(type, part), 1]), `92${extension}${byte}${hex}01`);
    }
  }
});

t.test('arrays of any length have the shortest head', async (t) => {
  for (const [length, head] of [
    [0, '90'],
    [1, '91'],
    [15, '9f'],
    [16, 'dc0010'],
    [255, 'dc00ff'],
    [256, 'dc0100'],
    [65_483, 'dcffcb'],
  ] as const) {
    t.equal(encode(new Array(length).fill(1)), head + '01'.repeat(length));
  }
  const nested = [new Array(15).fill(2), new Array(16).fill(3), 4];
  t.equal(encode(nested), `939f${'02'.repeat(15)}dc0010${'03'.repeat(16)}04`);
});

t.test('a map has as many entries as it declares, with any properties undefined', async (t) => {
  const property = fc.property(
    fc.array(fc.boolean(), { maxLength: 40 }),
    fc.array(fc.boolean(), { maxLength: 40 }),
    (outer, inner) => {
      const recordOf = (present: readonly boolean[], value: unknown) =>
        Object.fromEntries(present.map((is, index) => [`k${index}`, is ? value : undefined]));
      const packed = (present: readonly boolean[], value: string): string => {
        const entries = present.flatMap((is, index) =>
          is ? [packedText(`k${index}`) + value] : [],
        );
        const count = entries.length;
        const head = count < 16 ? Buffer.of(0x80 + count) : Buffer.of(0xde, 0, count);
        return head.toString('hex') + entries.join('');
      };
      const value = recordOf(outer, recordOf(inner, 'v'));
      return encode([value, 'z']) === `92${packed(outer, packed(inner, 'a176'))}a17a`;
    },
  );
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 200 });
  });
});

t.test('arrays and objects nest 32 deep, and no deeper', async (t) => {
  /** From the innermost outwards, each around the one before. */
  const wraps: readonly ((value: unknown) => unknown)[] = [
    (value) => [value],
    (value) => ({ k: value }),
  ];
  const nested = (depth: number, first: number, step: number): unknown => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level++) value = wraps[(first + level * step) % 2]!(value);
    return value;
  };
  for (const [first, step] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const deepest = encodeResponse(TEST_ID, nested(32, first, step)).toDatagram();
    t.match(decodeResponse(deepest), { end: deepest.length });
    const tooDeep = (): Buffer => encodeResponse(TEST_ID, nested(33, first, step)).toDatagram();
    t.match(thrownBy(tooDeep).message, /nest deeper than 32/);
    t.doesNotThrow(() => encodeRequest(TEST_ID, 'p', [nested(30, first, step)]));
    const error = errorOf(nested(31, first, step));
    t.match(error.message, /nest deeper than 32/, 'a request has two of its own');
  }
});

/** The sizes of the buffers that were made since then, also by the library. */
function recordAllocations(t: Test): () => number[] {
  const { ArrayBuffer } = globalThis;
  const sizes: number[] = [];
  globalThis.ArrayBuffer = class extends ArrayBuffer {
    constructor(byteLength = 0) {
      super(byteLength);
      sizes.push(byteLength);
    }
  };
  t.teardown(() => (globalThis.ArrayBuffer = ArrayBuffer));
  return () => sizes.splice(0);
}

t.test('the buffer is allocated once, and none for an encoding within another', async (t) => {
  encode(reading(() => encode(1)));
  const allocations = recordAllocations(t);
  for (let time = 0; time < 10; time++) {
    encode(['a']);
    errorOf(new Set());
    t.throws(() => encode('x'.repeat(70_000)), ReplyTooLargeError);
    encode('x'.repeat(65_400));
  }
  for (let time = 0; time < 10; time++) encode(reading(() => encode(1)));
  encode(reading(() => [encode(1), encode(1), encode(1)]));
  t.strictSame(allocations(), []);
});

t.test('a buffer for what no datagram can hold is bounded, and released', async (t) => {
  const most = MAX_DATAGRAM_BYTES - 21;
  /** Values that look small until their bytes are written, or would if those were not counted. */
  const swelling: Readonly<Record<string, unknown>> = {
    'text of three bytes a character': '日'.repeat(65_000),
    'integers of 32 bits': new Array(65_000).fill(2 ** 30),
    'floats that fit if they are short': new Array(13_000).fill(1.5),
    floats: new Array(65_000).fill(1.5),
    'integers of 64 bits': new Array(65_000).fill(2 ** 50),
    bigints: new Array(65_000).fill(2n ** 60n),
    dates: new Array(65_000).fill(new Date(1)),
  };
  encode(1);
  const allocations = recordAllocations(t);
  for (const [name, value] of Object.entries(swelling)) {
    t.strictSame(
      excessOf(() => encode(value)),
      [MAX_DATAGRAM_BYTES + 1, most],
      name,
    );
    const sizes = allocations();
    // A 32-bit integer takes five times what is counted, and the library doubles a buffer that is
    // too small.
    const largest = Math.max(0, ...sizes);
    t.ok(largest < 2 * 5 * MAX_DATAGRAM_BYTES, `${name}: ${largest} bytes at most`);
    t.equal(encode(['a']), '91a161');
    t.strictSame(
      allocations(),
      sizes.length === 0 ? [] : [MAX_DATAGRAM_BYTES + 5],
      'and then it is as it was',
    );
  }
});

t.test('an array that claims more items than it has is refused', async (t) => {
  const claiming = (length: unknown): unknown =>
    new Proxy([1, 2, 3], {
      get: (items, key) => (key === 'length' ? length : (Reflect.get(items, key) as unknown)),
    });
  t.equal(encode(claiming(2)), '920102', 'what it does not claim is not looked at');
  for (const length of [4, 15, 16, 65_535]) {
    t.match(errorOf(claiming(length)), { path: 'args[0][3]', message: /sparse/ });
  }
  for (const length of [65_536, 1e9, 2 ** 31, 2 ** 32, 2 ** 53]) {
    t.strictSame(
      excessOf(() => encode(claiming(length))),
      [MAX_DATAGRAM_BYTES + 1, MAX_DATAGRAM_BYTES - 21],
    );
  }
  for (const length of [-1, 2.5, NaN, Infinity, 3n, '2', null]) {
    const message = `args[0]: the length of the array is ${length}; it must be a whole number`;
    t.match(errorOf(claiming(length)), { path: 'args[0]', message });
  }
  t.match(errorOf(claiming(Symbol('x'))), { path: 'args[0]', message: /reading it threw/ });
  t.equal(encode(['a']), '91a161');
});

/** A datagram is complete, or there is none. */
function checkWhole(t: Test, what: string, value: unknown): void {
  let datagram: Buffer;
  try {
    datagram = encodeResponse(TEST_ID, value).toDatagram();
  } catch {
    return;
  }
  const decoded = decodeResponse(datagram);
  const whole = 'end' in decoded && decoded.end === datagram.length;
  t.ok(whole && Array.isArray(decoded.value), `${what}: ${datagram.toString('hex', 21, 60)}`);
  t.notMatch(datagram.toString('latin1'), /SECRET/, what);
}

t.test('an array that lies about its length makes no broken datagram', async (t) => {
  for (const length of [
    -1,
    -33,
    -0.5,
    0.5,
    2.5,
    14.5,
    15.5,
    16.5,
    30.5,
    NaN,
    -Infinity,
    '2',
    null,
  ]) {
    const liar = new Proxy(new Array(40).fill(7), {
      get: (items, key) => (key === 'length' ? length : (Reflect.get(items, key) as unknown)),
    });
    checkWhole(t, `length ${length}`, liar);
  }
});

t.test(
  'binary that lies about its length makes no broken datagram, and reveals no bytes of another',
  async (t) => {
    class Liar extends Uint8Array {
      said: unknown;
      override get byteLength(): number {
        return this.said as number;
      }
    }
    for (const said of [0, 2, 40, 300, -1, -3, 2.5, 300.5, NaN, '4']) {
      const liar = new Liar(4);
      liar.said = said;
      encodeResponse(TEST_ID, 'SECRET'.repeat(100));
      checkWhole(t, `binary, ${said} for 4`, [liar, 1]);
      encodeResponse(TEST_ID, 'SECRET'.repeat(100));
      checkWhole(t, `extension, ${said} for 4`, [new ExtData(5, liar), 1]);
    }
  },
);

t.test('what fits is sent, even if longer heads were reserved for its maps', async (t) => {
  const absent = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`u${i}`, undefined]));
  for (const depth of [1, 10, 11, 32]) {
    let value: unknown = 'x'.repeat(65_486 - 3 - 3 * depth);
    for (let level = 0; level < depth; level++) value = { ...absent, k: value };
    t.doesNotThrow(() => t.equal(encodeResponse(TEST_ID, value).length, 65_507), `${depth} maps`);
  }
});

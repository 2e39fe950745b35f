import { ExtData } from '@msgpack/msgpack';
import t from 'tap';
import { UnencodableError } from '../../src/errors.js';
import { encodeRequest } from '../../src/wire/request.js';
import { encodeResponse } from '../../src/wire/response.js';
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

t.test('a bigint of 32 bits is sent as short as a number', async (t) => {
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

t.test('a map has the shorter head when what is left of it has', async (t) => {
  const keys = Array.from({ length: 16 }, (_, index) => String.fromCharCode(0x61 + index));
  const full = Object.fromEntries(keys.map((key) => [key, 1]));
  t.match(encode(full), /^de0010a16101a16201/);
  t.match(encode({ ...full, a: undefined }), /^8fa16201a16301.*a17001$/);
});

t.test('a getter may have something encoded itself', async (t) => {
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
  'an object without prototype and an array of a subclass are sent by their items',
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
    [Object.create(Date.prototype), /reading it threw/],
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

t.test('keys that are no names stand in brackets, escaped and cut', async (t) => {
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

const CYCLE = 'it refers back to what contains it, and a cycle cannot be encoded';

t.test('a cycle is told from depth, and its path makes one turn', async (t) => {
  const self: Record<string, unknown> = {};
  self['self'] = self;
  t.equal(errorOf(self).message, `args[0].self: ${CYCLE}`);

  const parent: Record<string, unknown> = { children: [{}] };
  parent['children'] = [{ leaf: { a: 1 }, parent }];
  t.equal(errorOf({ root: parent }).message, `args[0].root.children[0].parent: ${CYCLE}`);

  const nested = (depth: number): unknown => (depth === 0 ? {} : { in: nested(depth - 1) });
  t.match(errorOf(nested(40)), { message: /nest deeper than 32/ });
});

t.test('one object in two places is no cycle', async (t) => {
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

t.test('what shrinks while it is read is refused, and what grows is sent as it was', async (t) => {
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

t.test('a result is named result', async (t) => {
  t.equal(
    thrownBy(() => encodeResponse(TEST_ID, { items: [new Set()] }).toDatagram()).path,
    'result.items[0]',
  );
  t.equal(thrownBy(() => encodeResponse(TEST_ID, new Set()).toDatagram()).path, 'result');
});

t.test('an error inside one encoding leaves the next unharmed', async (t) => {
  errorOf(new Set());
  t.equal(encode({ a: 1 }), '81a16101');
});

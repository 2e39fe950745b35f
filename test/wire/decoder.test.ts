import { deepStrictEqual } from 'node:assert/strict';
import { Decoder, ExtData } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { decodeValue } from '../../src/wire/decoder.js';
import { DROP, isDrop } from '../../src/wire/drop.js';
import { readValue } from '../../src/wire/piecewise-reader.js';
import { encodeResponse } from '../../src/wire/response.js';
import { afterTheWire, faithfulValue, TEST_ID } from '../fixtures/msgpack-values.js';

/** The value at an offset, or the drop. */
function valueAt(datagram: Buffer, offset: number): unknown {
  const decoded = decodeValue(datagram, offset);
  return isDrop(decoded) ? decoded : decoded.value;
}

const decode = (hex: string): unknown => valueAt(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0);

t.test('64-bit integers are numbers if that is exact, else bigints (H38)', async (t) => {
  t.equal(decode('cf0000000000000001'), 1);
  t.equal(decode('d3ffffffffffffffff'), -1);
  t.equal(decode('cf001fffffffffffff'), Number.MAX_SAFE_INTEGER);
  t.equal(decode('cf0020000000000000'), 2n ** 53n);
  t.equal(decode('cf0020000000000001'), 2n ** 53n + 1n);
  t.equal(decode('cfffffffffffffffff'), 2n ** 64n - 1n);
  t.equal(decode('d3ffe0000000000001'), -Number.MAX_SAFE_INTEGER);
  t.equal(decode('d3ffe0000000000000'), -(2n ** 53n));
  t.equal(decode('d38000000000000000'), -(2n ** 63n));
});

t.test('forms longer than necessary mean the same (H39)', async (t) => {
  t.equal(decode('d3000000000000007f'), 127);
  t.equal(decode('cc05'), 5);
  t.strictSame(decode('dc0001c0'), [null]);
  t.strictSame(decode('dd00000001c0'), [null]);
  t.equal(decode('d90161'), 'a');
  t.equal(decode('db0000000161'), 'a');
  t.strictSame(decode('de0001a161c0'), { a: null });
});

t.test('the library and the reader read every format alike', async (t) => {
  const bodies = [
    ...['00', '7f', 'e0', 'ff', 'c0', 'c2', 'c3', 'ccff', 'cdffff', 'ceffffffff', 'd080', 'd18000'],
    ...['d280000000', 'ca3fc00000', 'cb3ff8000000000000', 'a0', 'a3c3a961', 'd90161', 'da000161'],
    ...[
      'db0000000161',
      '90',
      '92 01 91 02',
      'dc000101',
      'dd0000000101',
      '80',
      '82 a162 01 a161 02',
    ],
    ...['de0001 a161 01', 'df00000001 a161 01', `b8${'61'.repeat(24)}`, `b9${'61'.repeat(25)}`],
  ];
  for (const body of bodies) {
    const bytes = Buffer.from(body.replaceAll(' ', ''), 'hex');
    deepStrictEqual(readValue(bytes, 0), new Decoder().decode(bytes), body);
  }
  t.ok(bodies.length);
});

t.test(
  'a map is an object if all its keys are strings, else a Map with the keys as they came',
  async (t) => {
    // packed by u-msgpack-python 2.8.0:
    // {1: 'one', b'\x01': 'bytes', None: 0, (1, 2): True, 's': 1.0}
    const python = decode('8501a36f6e65c40101a56279746573c000920102c3a173cb3ff0000000000000');
    deepStrictEqual(
      python,
      new Map<unknown, unknown>([
        [1, 'one'],
        [Uint8Array.of(1), 'bytes'],
        [null, 0],
        [[1, 2], true],
        ['s', 1],
      ]),
    );
    // String keys first, in their own order and not that of an object. Each nested map is judged
    // separately.
    const mixed = decode('84 a137 01 a131 02 05 81 a161 01 a130 c0');
    t.ok(mixed instanceof Map);
    t.strictSame(
      [...(mixed as Map<unknown, unknown>)],
      [
        ['7', 1],
        ['1', 2],
        [5, { a: 1 }],
        ['0', null],
      ],
    );
    deepStrictEqual(decode('81 c0 01'), new Map([[null, 1]]));
    deepStrictEqual(
      decode('82 01 a161 a131 a162'),
      new Map<unknown, unknown>([
        [1, 'a'],
        ['1', 'b'],
      ]),
    );
  },
);

t.test('maps that turn out to be Maps at their last key are read in one pass', async (t) => {
  const open = '82a161';
  const deep = `${open.repeat(30)}c0${'01c0'.repeat(30)}`;
  const before = process.cpuUsage();
  t.ok(decode(deep) instanceof Map);
  const { user, system } = process.cpuUsage(before);
  t.ok(user + system < 1_000_000, 'reading maps again would take 2^30 steps');
});

t.test('keys with a meaning in JavaScript are keys like any other (H27)', async (t) => {
  const names = ['constructor', 'prototype', 'toString', 'valueOf', 'then', 'toJSON', 'length'];
  for (const name of [...names, 'hasOwnProperty', '\0', '\x000']) {
    const key = Buffer.concat([Buffer.of(0xa0 + name.length), Buffer.from(name)]).toString('hex');
    for (const value of ['07', 'cf0000000000000007']) {
      t.strictSame(decode(`81${key}${value}`), { [name]: 7 });
    }
  }
  t.strictSame(Object.keys(Object.prototype), []);
  t.equal(decode('81a95f5f70726f746f5f5f80'), DROP.key);
});

t.test('thousands of keys are read in bounded time (H44, H45)', async (t) => {
  const entries = Array.from({ length: 2_000 }, (_, index) => [String(index * 2_147_483), index]);
  const datagram = encodeResponse(TEST_ID, Object.fromEntries(entries)).toDatagram();
  t.strictSame(valueAt(datagram, 21), Object.fromEntries(entries));
});

t.test('binary is a new, plain Uint8Array', async (t) => {
  const datagram = Buffer.from('93c40301020381a161c40104c403ffffff', 'hex');
  const [first, second] = valueAt(datagram, 0) as [Uint8Array, { a: Uint8Array }];
  datagram.fill(0);
  deepStrictEqual(first, Uint8Array.of(1, 2, 3));
  deepStrictEqual(second, { a: Uint8Array.of(4) });
  t.equal(first.buffer.byteLength, 3, 'it keeps no other memory alive');
});

t.test('an unknown extension is a new ExtData', async (t) => {
  const datagram = Buffer.from('c70305010203', 'hex');
  const value = valueAt(datagram, 0) as ExtData;
  datagram.fill(0);
  deepStrictEqual(value, new ExtData(5, Uint8Array.of(1, 2, 3)));
  t.equal((value.data as Uint8Array).buffer.byteLength, 3, 'it keeps no other memory alive');
  deepStrictEqual(decode('d4fe07'), new ExtData(-2, Uint8Array.of(7)));
});

t.test('text keeps a byte order mark, of any length', async (t) => {
  for (const length of [0, 10, 197, 198, 5_000]) {
    const text = `\ufeff${'x'.repeat(length)}`;
    const sent = { [text]: [text] };
    t.strictSame(valueAt(encodeResponse(TEST_ID, sent).toDatagram(), 21), sent, `${length}`);
  }
});

t.test('if one thing is unusual, everything else is read as always', async () => {
  const plain = { a: 1, b: [true, null, 1.5, 'x'.repeat(300)], c: { d: {} } };
  const binary = Uint8Array.of(1, 2);
  const moment = new Date(1_000);
  /** Values, and what arrives for them, in one body with something of every kind. */
  const odd: readonly [hex: string, value: unknown][] = [
    ['cf0000000000000007', 7],
    ['cfffffffffffffffff', 2n ** 64n - 1n],
    ['c4020102', binary],
    ['81 01 c4020102', new Map([[1, binary]])],
    ['82 a131 01 a130 cf0000000000000007', { 0: 7, 1: 1 }],
    ['a4efbbbf61', '\ufeffa'],
    ['81 a4efbbbf61 d6ff00000001', { '\ufeffa': moment }],
    [
      '82 c0 d6ff00000001 80 c4020102',
      new Map<unknown, unknown>([
        [null, moment],
        [{}, binary],
      ]),
    ],
  ];
  for (const [first, value] of odd) {
    for (const [second, other] of odd) {
      const bytes = `83 a3${Buffer.from('odd').toString('hex')} ${first} a16f ${second} a170`;
      const body = Buffer.concat([
        Buffer.from(bytes.replaceAll(' ', ''), 'hex'),
        encodeResponse(TEST_ID, plain).toDatagram().subarray(21),
      ]);
      deepStrictEqual(valueAt(body, 0), { odd: value, o: other, p: plain });
    }
  }
});

t.test('faithful values arrive as they were sent, by the documented rules', async () => {
  fc.assert(
    fc.property(faithfulValue, (value) => {
      const datagram = encodeResponse(TEST_ID, value).toDatagram();
      deepStrictEqual(valueAt(datagram, 21), afterTheWire(value));
      deepStrictEqual(readValue(datagram, 21), afterTheWire(value));
    }),
    { numRuns: 3_000 },
  );
});

t.test(
  'random and changed bytes give a value or a drop, and the decoder never disagrees with the guard',
  async () => {
    const mutated = fc
      .tuple(faithfulValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
      .map(([value, changes]) => {
        const bytes = Buffer.from(encodeResponse(TEST_ID, value).toDatagram().subarray(21));
        for (const [offset, byte] of changes) bytes[offset % bytes.length] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (bytes) => {
        const value = valueAt(Buffer.from(bytes), 0);
        return !isDrop(value) || value.reason !== 'undecodable';
      }),
      { numRuns: 10_000 },
    );
  },
);

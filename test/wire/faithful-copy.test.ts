/**
 * What is checked is what is sent: everything in a value is read once, and what was read is what
 * arrives.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { ExtData, ExtensionCodec } from '@msgpack/msgpack';
import fc from 'fast-check';
import t from 'tap';
import { ReplyTooLargeError, type UnencodableError } from '../../src/errors.js';
import { decodeResponse, encodeResponse } from '../../src/wire/response.js';
import { PreciseDate } from '../../src/wire/timestamp.js';
import { afterTheWire, faithfulValue, TEST_ID } from '../fixtures/msgpack-values.js';

/** What arrives for a value. */
function sent(value: unknown): unknown {
  const decoded = decodeResponse(encodeResponse(TEST_ID, value).toDatagram());
  return 'value' in decoded ? decoded.value : decoded;
}

/**
 * An object whose property `now` gives the next answer each time it is read, and then repeats the
 * last one.
 */
function changing(...answers: unknown[]): object {
  return {
    get now(): unknown {
      return answers.length > 1 ? answers.shift() : answers[0];
    },
  };
}

t.test('a getter that changes its answer is read once', async (t) => {
  const unfaithful = [new Map(), '\ud800', undefined, () => 1, Symbol('s'), 2n ** 64n, [,]];
  for (const later of [...unfaithful, 2, 'two', { deep: [2] }, new Uint8Array(2)]) {
    for (const first of [1, 'one', null, [1], { one: 1 }, 2 ** 40, 2n ** 60n, undefined]) {
      const expected = first === undefined ? {} : { now: first };
      t.strictSame(sent(changing(first, later)), expected);
      t.strictSame(sent([0, { in: changing(first, later) }]), [0, { in: expected }]);
    }
  }
});

t.test('a Proxy is asked once for each thing', async (t) => {
  const reads: string[] = [];
  const watched = (target: object): object =>
    new Proxy(target, {
      get(of, key) {
        reads.push(String(key));
        return Reflect.get(of, key) as unknown;
      },
    });
  t.strictSame(sent(watched({ a: 1, b: 'two' })), { a: 1, b: 'two' });
  t.strictSame(reads.splice(0), ['a', 'b']);
  t.strictSame(sent(watched([7, 'eight'])), [7, 'eight']);
  t.strictSame(reads.splice(0), ['length', '0', '1']);
});

t.test('a Proxy with other keys each time sends its first keys', async (t) => {
  let time = 0;
  const fickle = new Proxy(
    {},
    {
      ownKeys: () => [`key${(time += 1)}`, 'always'],
      getOwnPropertyDescriptor: (_, key) => ({
        configurable: true,
        enumerable: true,
        value: key,
      }),
      get: (_, key) => key,
    },
  );
  const value = sent(fickle) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) t.equal(key, item);
  t.equal(Object.keys(value).length, 2);
});

t.test('what a getter changes after it was read is sent as it was', async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const data = Uint8Array.of(4);
  const date = new Date(5);
  const items = [6, { seven: 8 }];
  const value = [
    bytes,
    new ExtData(9, data),
    date,
    items,
    {
      get now(): string {
        bytes.fill(0xff);
        data.fill(0xff);
        date.setTime(NaN);
        items.splice(0);
        return 'changed';
      },
    },
  ];
  deepStrictEqual(sent(value), [
    Uint8Array.of(1, 2, 3),
    new ExtData(9, Uint8Array.of(4)),
    new Date(5),
    [6, { seven: 8 }],
    { now: 'changed' },
  ]);
});

t.test('binary with another length each time is sent with its real length', async () => {
  class Liar extends Uint8Array {
    #said = 0;
    override get length(): number {
      return (this.#said += 3);
    }
    override get byteLength(): number {
      return (this.#said += 50_000);
    }
  }
  const own = Uint8Array.of(1, 2);
  Object.defineProperty(own, 'byteLength', { value: 200 });
  Object.defineProperty(own, 'length', { value: 100 });
  deepStrictEqual(sent([new Liar(4), own, new ExtData(1, new Liar(2))]), [
    new Uint8Array(4),
    Uint8Array.of(1, 2),
    new ExtData(1, new Uint8Array(2)),
  ]);
});

t.test('a value with more properties than any datagram holds is not read at all', async (t) => {
  let reads = 0;
  const keys = Array.from({ length: 65_536 }, (_, index) => `k${index}`);
  const descriptor = { enumerable: true, get: () => (reads += 1) };
  const value = Object.defineProperties(
    {},
    Object.fromEntries(keys.map((key) => [key, descriptor])),
  );
  t.throws(() => encodeResponse(TEST_ID, value), ReplyTooLargeError);
  t.equal(reads, 0);
});

t.test('a value is not changed', async () => {
  fc.assert(
    fc.property(faithfulValue, (value) => {
      const before = structuredClone(value);
      deepStrictEqual(sent(value), afterTheWire(value));
      deepStrictEqual(value, before);
    }),
    { numRuns: 1_000 },
  );
});

t.test('a property that cannot be read is named, whichever it is', async (t) => {
  const cause = new Error('no');
  const value = {
    get first(): number {
      return 1;
    },
    get second(): never {
      throw cause;
    },
  };
  const error = t.throws(() => encodeResponse(TEST_ID, [value])) as UnencodableError;
  t.match(error, { path: 'result[0].second', cause });
  // It could be read if it were read again to learn its name.
  let reads = 0;
  const once = {
    get only(): number {
      reads += 1;
      if (reads === 1) throw cause;
      return reads;
    },
  };
  const vague = t.throws(() => encodeResponse(TEST_ID, [once])) as UnencodableError;
  t.match(vague, { path: 'result[0]', cause });
});

t.test('what an application adds to every object is not sent', async (t) => {
  const prototype = Object.prototype as unknown as Record<string, unknown>;
  prototype['everywhere'] = () => 'a function';
  t.teardown(() => delete prototype['everywhere']);
  t.equal(encodeResponse(TEST_ID, { a: { b: 1 } }).body, '\x81\xa1a\x81\xa1b\x01');
});

t.test('what an application teaches the library changes nothing here', async () => {
  class Point {
    readonly x = 1;
  }
  const codec = ExtensionCodec.defaultCodec;
  if (!(codec instanceof ExtensionCodec)) throw new Error('nothing can be taught to it');
  codec.register({
    type: 7,
    encode: (value) => (Array.isArray(value) ? Uint8Array.of(value.length) : null),
    decode: () => new Point(),
  });
  const moment = new PreciseDate(1_700_000_000_123, 456_789);
  const value = [[1], new ExtData(7, Uint8Array.of(1)), moment];
  deepStrictEqual(sent(value), value);
});

t.test('a value is what it is, whatever realm it was made in', async (t) => {
  const values: Readonly<Record<string, unknown>> = {
    '({ a: 1 })': { a: 1 },
    '[{ a: [1, 2] }]': [{ a: [1, 2] }],
    'Object.assign(Object.create(null), { a: 1 })': { a: 1 },
    'new Date(1e12)': new Date(1e12),
    '({ bytes: new Uint8Array([1, 2]) })': { bytes: Uint8Array.of(1, 2) },
  };
  for (const [source, expected] of Object.entries(values)) {
    deepStrictEqual(sent(runInNewContext(source)), sent(expected), source);
  }
  const refused = [
    ['new (class Point { x = 1 })', /a Point cannot/],
    ['new Map([[1, 2]])', /a Map cannot/],
    ['new Uint16Array(1)', /Uint16Array cannot/],
    ['Object.create({ inherited: 1 })', /cannot be encoded/],
  ] as const;
  for (const [source, message] of refused) t.throws(() => sent(runInNewContext(source)), message);
  t.throws(() =>
    sent(Object.create(Object.assign(Object.create(null) as object, { inherited: 1 }))),
  );
});

t.test('what would be lost in silence is refused, with its place', async (t) => {
  const match = /(?<left>\w)-/.exec('a-b');
  const given = (function () {
    // eslint-disable-next-line prefer-rest-params
    return arguments;
  })();
  const cases: readonly (readonly [unknown, string, RegExp])[] = [
    [
      { deep: [{ [Symbol('key')]: 1, a: 2 }] },
      'result.deep[0]',
      /the key Symbol\(key\) is a symbol/,
    ],
    [{ match }, 'result.match', /the array has a property "groups" besides its items/],
    [[Object.assign([1], { extra: 2 })], 'result[0]', /"extra"/],
    [Object.assign([], { extra: 2 }), 'result', /"extra"/],
    [given, 'result', /the object is iterable, as `arguments` is; send an array/],
  ];
  for (const [value, path, message] of cases) t.throws(() => sent(value), { path, message });
  const hidden = Object.defineProperty({ a: 1 }, Symbol('hidden'), { value: 1 });
  t.strictSame(sent(hidden), { a: 1 }, "what is not enumerable is nobody's content");
});
